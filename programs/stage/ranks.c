#include "ranks.h"

#include <mpi.h>

#define PIECE ((size_t)1 << 30) /* bytes: MPI counts with int */
#define TAG 1

static snnfe_group group;

typedef int (*transfer)(void *data, int size, int rank);

/* In pieces that MPI can count. */
static int32_t in_pieces(transfer move, void *data, size_t size, uint32_t rank)
{
    for (size_t first = 0; first < size; first += PIECE) {
        const size_t left = size - first;
        const int result =
            move((char *)data + first, (int)(left < PIECE ? left : PIECE), (int)rank);
        if (result != MPI_SUCCESS)
            return result;
    }
    return 0;
}

static int send_piece(void *data, int size, int rank)
{
    return MPI_Send(data, size, MPI_BYTE, rank, TAG, MPI_COMM_WORLD);
}

static int receive_piece(void *data, int size, int rank)
{
    return MPI_Recv(data, size, MPI_BYTE, rank, TAG, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
}

static int broadcast_piece(void *data, int size, int rank)
{
    return MPI_Bcast(data, size, MPI_BYTE, rank, MPI_COMM_WORLD);
}

static int32_t send_all(uint32_t rank, const void *data, size_t size, void *user_data)
{
    (void)user_data;
    return in_pieces(send_piece, (void *)(uintptr_t)data, size, rank);
}

static int32_t receive_all(uint32_t rank, void *data, size_t size, void *user_data)
{
    (void)user_data;
    return in_pieces(receive_piece, data, size, rank);
}

static int32_t broadcast_all(uint32_t rank, void *data, size_t size, void *user_data)
{
    (void)user_data;
    return in_pieces(broadcast_piece, data, size, rank);
}

bool ranks_join(void)
{
    int rank = 0, n_ranks = 1, provided = 0;
    if (MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &provided) != MPI_SUCCESS ||
        provided < MPI_THREAD_FUNNELED)
        return cli_error("MPI cannot be used beside threads") == CLI_OK;
    MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &n_ranks);
    group = (snnfe_group){.struct_size = sizeof group,
                          .rank = (uint32_t)rank,
                          .n_ranks = (uint32_t)n_ranks,
                          .send = send_all,
                          .receive = receive_all,
                          .broadcast = broadcast_all};
    return true;
}

int ranks_leave(int exit_code)
{
    if (!group.n_ranks)
        return exit_code;
    if (exit_code != CLI_OK) {
        /* The others may be waiting for this one. */
        if (group.rank > 0)
            fprintf(stderr, "rank %u: %s\n", (unsigned)group.rank, snnfe_last_error());
        fflush(NULL);
        MPI_Abort(MPI_COMM_WORLD, exit_code);
    }
    MPI_Finalize();
    return exit_code;
}

const snnfe_group *ranks_group(void)
{
    return group.n_ranks ? &group : NULL;
}
