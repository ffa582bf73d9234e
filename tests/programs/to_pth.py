"""A safetensors file as torch.save() would write it, by Python's own pickler and without PyTorch:
to_pth.py IN OUT."""

import collections
import json
import pickle
import struct
import sys
import types
import zipfile


class FloatStorage:
    """Stands for PyTorch's class; storages are written by their key."""

    def __init__(self, key, size):
        self.key, self.size = key, size


class Tensor:
    def __init__(self, storage, shape):
        self.storage, self.shape = storage, tuple(shape)

    def __reduce__(self):
        stride = [1]
        for size in self.shape[:0:-1]:
            stride.insert(0, stride[0] * size)
        return rebuild, (self.storage, 0, self.shape, tuple(stride), False, collections.OrderedDict())


def rebuild(*_arguments):
    raise AssertionError("nothing is read here")


class Pickler(pickle.Pickler):
    def persistent_id(self, obj):
        if isinstance(obj, FloatStorage):
            return "storage", FloatStorage, obj.key, "cpu", obj.size
        return None


def main():
    rebuild.__module__, rebuild.__qualname__ = "torch._utils", "_rebuild_tensor_v2"
    FloatStorage.__module__ = "torch"
    sys.modules["torch"] = types.ModuleType("torch")
    sys.modules["torch._utils"] = types.ModuleType("torch._utils")
    sys.modules["torch"].FloatStorage = FloatStorage
    sys.modules["torch._utils"]._rebuild_tensor_v2 = rebuild
    with open(sys.argv[1], "rb") as file:
        header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
        data = file.read()
    header.pop("__metadata__", None)
    state = collections.OrderedDict()
    with zipfile.ZipFile(sys.argv[2], "w") as archive:
        for key, (name, entry) in enumerate(header.items()):
            begin, end = entry["data_offsets"]
            state[name] = Tensor(FloatStorage(str(key), (end - begin) // 4), entry["shape"])
            archive.writestr(f"model/data/{key}", data[begin:end])
        with archive.open("model/data.pkl", "w") as file:
            Pickler(file, 2).dump({"epoch": 3, "state_dict": state, "losses": [0.7, 0.6]})
        archive.writestr("model/byteorder", "little")


main()
