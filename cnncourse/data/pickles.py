"""Pickles as data: dictionaries, lists, text, numbers and arrays of bytes, read without the pickle machine.

A pickle is a program that may call any function. Here the few instructions that plain values need are
followed one by one; every other one is refused, and nothing that a file names is ever called.
"""

from __future__ import annotations

import codecs
import io
import pickletools
import re
from pathlib import Path

import numpy as np

from cnncourse.errors import printable

_MOST_BYTES, _MOST_STEPS = 1 << 28, 2_000_000  # CIFAR-100: 155 MB, 0.3 million steps
_VALUE = r"(BIN)?INT[12]?|LONG1|(BIN)?FLOAT|(SHORT_)?BIN(STRING|UNICODE|BYTES)8?|UNICODE"
_VALUES = frozenset(code.name for code in pickletools.opcodes if re.fullmatch(_VALUE, code.name))
_NEW = {"NONE": type(None), "EMPTY_TUPLE": tuple, "EMPTY_LIST": list, "EMPTY_DICT": dict}
_TUPLES = {"TUPLE1": 1, "TUPLE2": 2, "TUPLE3": 3}


class _Array:
    """An array that is being made; `value` is None until its content has come."""

    value: np.ndarray | None = None


class _Name(str):
    """What stands for a function or class that a pickle names: its full name, and nothing behind it."""


_BYTE = _Name("numpy.dtype of one byte")


def read_plain_pickle(path: Path) -> object:
    """Return what a pickle holds, an array as ndarray of uint8 where it is an entry of a dictionary.

    Raises
    ------
    ValueError
        If it is damaged, too large, or holds anything but plain values and arrays of bytes.
    """
    if path.stat().st_size > _MOST_BYTES:
        raise ValueError(f"{path} is larger than {_MOST_BYTES:,} bytes: it is no CIFAR batch")
    try:
        value = _Machine().run(io.BytesIO(path.read_bytes()))
    except (ValueError, TypeError, LookupError, AttributeError, OverflowError) as error:
        raise ValueError(f"{path} is damaged or not a CIFAR batch: {printable(error)}") from None
    if not isinstance(value, dict):
        return value
    return {key: item.value if isinstance(item, _Array) else item for key, item in value.items()}


class _Machine:
    """A stack, the places that are marked in it, and what was set aside under a number."""

    def __init__(self) -> None:
        self.stack: list = []
        self.marks: list[int] = []
        self.memo: dict[int, object] = {}

    def run(self, file: io.BytesIO) -> object:
        """Follow the instructions to their end and return what is on top of the stack."""
        for _ in range(_MOST_STEPS):
            code = file.read(1)
            if not code:
                raise ValueError("it ends too early")
            if code == b"S":  # text of Python 2, which pickletools reads as ASCII alone
                text = codecs.escape_decode(file.readline().strip()[1:-1])[0]
                self.stack.append(text.decode("latin-1"))
                continue
            instruction = pickletools.code2op[chr(code[0])]
            argument = instruction.arg.reader(file) if instruction.arg else None
            if instruction.name in _VALUES:  # most are: no call for each
                self.stack.append(argument)
            elif instruction.name == "STOP":
                return self.stack[-1]
            else:
                self.follow(instruction.name, argument)
        raise ValueError(f"it has more than {_MOST_STEPS:,} steps")

    def follow(self, name: str, argument: object) -> None:
        """Follow one instruction."""
        stack = self.stack
        if name in ("BINPUT", "LONG_BINPUT", "PUT", "MEMOIZE"):
            self.memo[len(self.memo) if name == "MEMOIZE" else argument] = stack[-1]
        elif name in ("NEWTRUE", "NEWFALSE"):
            stack.append(name == "NEWTRUE")
        elif name in _NEW:
            stack.append(_NEW[name]())
        elif name in ("BINGET", "LONG_BINGET", "GET"):
            stack.append(self.memo[argument])
        elif name == "MARK":
            self.marks.append(len(stack))
        elif name in ("TUPLE", "LIST", "DICT"):
            items = self.popped(self.marks.pop())
            stack.append(_dictionary(items) if name == "DICT" else items if name == "LIST" else tuple(items))
        elif name in _TUPLES:
            stack.append(tuple(self.popped(len(stack) - _TUPLES[name])))
        elif name in ("APPEND", "APPENDS"):
            items = self.popped(self.marks.pop() if name == "APPENDS" else len(stack) - 1)
            _of_kind(stack[-1], list).extend(items)
        elif name in ("SETITEM", "SETITEMS"):
            items = self.popped(self.marks.pop() if name == "SETITEMS" else len(stack) - 2)
            _of_kind(stack[-1], dict).update(_dictionary(items))
        elif name == "GLOBAL":
            stack.append(_Name(argument.replace(" ", ".")))
        elif name == "STACK_GLOBAL":
            stack.append(_Name(".".join(self.popped(len(stack) - 2))))
        elif name == "REDUCE":
            function, arguments = self.popped(len(stack) - 2)
            stack.append(_made(_of_kind(function, _Name), arguments))
        elif name == "BUILD":
            (state,) = self.popped(len(stack) - 1)
            if stack[-1] is not _BYTE:
                _of_kind(stack[-1], _Array).value = _pixels(*state)
        elif name not in ("PROTO", "FRAME"):
            raise ValueError(f"it has the step {name}, which a data file has no use for")

    def popped(self, start: int) -> list:
        """Take what lies above a place of the stack."""
        if start < 0:
            raise ValueError("it takes what it has not put down")
        items = self.stack[start:]
        del self.stack[start:]
        return items


def _of_kind(value: object, kind: type) -> object:
    if not isinstance(value, kind):
        raise ValueError(f"it uses a {type(value).__name__} as a {kind.__name__.strip('_').lower()}")
    return value


def _dictionary(items: list) -> dict:
    keys = items[::2]
    if len(items) % 2 or not all(isinstance(key, str | bytes) for key in keys):
        raise ValueError("it has a dictionary with keys that are no text")
    return dict(zip(keys, items[1::2]))


def _made(name: _Name, arguments: tuple) -> object:
    """Return what stands for the result of a call that the published files ask for."""
    if name in ("numpy.core.multiarray._reconstruct", "numpy._core.multiarray._reconstruct"):
        return _Array()
    if name == "numpy.dtype":
        if arguments[0] not in ("u1", "|u1"):
            raise ValueError("it has an array that is not uint8")
        return _BYTE
    if name == "_codecs.encode" and arguments[1:] == ("latin1",):
        return arguments[0].encode("latin-1")
    raise ValueError(f"it asks for {name[:80]}, which a data file has no use for")


def _pixels(version: object, shape: tuple, kind: object, is_fortran: object, content: object) -> np.ndarray:
    """Return the array of bytes that a state of NumPy's describes."""
    raw = content.encode("latin-1") if isinstance(content, str) else _of_kind(content, bytes)
    if kind is not _BYTE or is_fortran:
        raise ValueError("it has an array that is not uint8 in the order of C")
    return np.frombuffer(raw, np.uint8).reshape(_of_kind(shape, tuple))
