# bash completion of the programs of libsnnfe: options and their choices, as --help lists them.
_snnfe_complete()
{
    local help previous current
    current=${COMP_WORDS[COMP_CWORD]}
    previous=${COMP_WORDS[COMP_CWORD - 1]}
    COMPREPLY=()
    help=$("$1" --help 2>/dev/null) || return
    if [[ $previous == --* ]]; then
        # "--windows NAME   when windows begin: regular, cued (default cued)", perhaps with "(with --other)" before it
        local choices
        choices=$(sed -nE "s/^ +${previous} NAMES? .*: ([a-z0-9_, -]+) \\((default|with).*/\\1/p" <<<"$help" | tr -d ,)
        if [[ $choices ]]; then
            mapfile -t COMPREPLY < <(compgen -W "$choices" -- "$current")
            return
        fi
    fi
    if [[ $current == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$(sed -nE 's/^ +(--[a-z0-9_]+).*/\1/p' <<<"$help")" -- "$current")
    else
        compopt -o filenames 2>/dev/null
        mapfile -t COMPREPLY < <(compgen -f -- "$current")
    fi
}
complete -F _snnfe_complete snnfe-{characterize,eval,live,preprocess,pretrain,report,retune,sstl,sweep,synth,train-on-device}
