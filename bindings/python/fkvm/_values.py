# SPDX-License-Identifier: MIT
"""Python values as the JSON of docs/protocol.md ("Values"), and back.

None is nil or fk.null, int an integer of 64 bits, float a float, str a string, bytes a string of any
bytes, list and tuple an array, dict an object. A string of Lua arrives as str if it is UTF-8, else
as bytes."""
import base64
import json
import json.encoder
import math
from typing import Any, Callable, Dict, Iterator, List, Mapping, Tuple, Union

from .errors import BadValueError

Value = Any  # None, bool, int, float, str, bytes, and lists and dicts of them

_MOST_NESTED = 128
_EXACT = 2 ** 53 - 1  # many languages read numbers as doubles
_SCALARS = frozenset([str, int, float, bool, type(None)])
_BYTES = (bytes, bytearray, memoryview)


class _Refused(Exception):
    """Why a value cannot cross; where is found out later."""


class _TooDeep(_Refused):
    def __init__(self) -> None:
        super().__init__(f"lists and dicts nested deeper than {_MOST_NESTED}, or in a circle")


def _refuse(value: Any) -> Any:
    raise _Refused(f"a value of type {type(value).__name__}")


def _make_encoder() -> Callable[[Any], str]:
    encoder: Any = json.encoder
    make = encoder.c_make_encoder
    if make is None:  # another Python
        return json.JSONEncoder(default=_refuse, allow_nan=False, separators=(",", ":"),
                                check_circular=False).encode
    encode = make(None, _refuse, encoder.encode_basestring_ascii, None, ":", ",", False,
                  False, False)
    join = "".join
    return lambda value: join(encode(value, 0))


_encode = _make_encoder()
_decoder: Any = json.JSONDecoder()
_scan: Callable[[str, int], Tuple[Any, int]] = _decoder.scan_once


def to_json(value: Value, place: str) -> bytes:
    """place names the value in errors. json does it alone but for some keys. Integers beyond 2^53
    and 64 bits, NULs and surrogates are left to the library, which reads or refuses them."""
    try:
        text = _encode(value)
        if "{" not in text or _has_plain_keys(value):
            return text.encode()
    except (_Refused, ValueError, RecursionError):
        pass
    return to_wire(value, place)


def _has_plain_keys(value: Any) -> bool:
    """Whether json writes all keys as they are: it makes text of others, and knows no tags."""
    kind = type(value)
    if kind is dict:
        if len(value) == 1 and str(next(iter(value))).startswith("$"):
            return False
        for name in value:
            if type(name) is not str:
                return False
        value = value.values()
    elif kind is not list and kind is not tuple:
        return kind in _SCALARS
    for item in value:
        if type(item) not in _SCALARS and not _has_plain_keys(item):
            return False
    return True


def to_wire(value: Value, place: str) -> bytes:
    """As to_json; all is looked at here."""
    try:
        return _encode(_plain(value, 0)).encode()
    except _Refused as problem:
        raise _located(value, place, problem) from None


def _plain(value: Any, depth: int) -> Any:
    """What json can write."""
    if value is None or value is True or value is False:
        return value
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, int):
        return _integer(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else {"$float": float.__repr__(value)}
    if isinstance(value, _BYTES):
        return {"$bytes": base64.b64encode(value).decode()}
    if depth >= _MOST_NESTED:
        raise _TooDeep()
    if isinstance(value, (list, tuple)):
        return [_plain(item, depth + 1) for item in value]
    if isinstance(value, Mapping):
        return _members(value, depth + 1)
    return _refuse(value)


def _text(value: str) -> str:
    try:
        value.encode()
    except UnicodeEncodeError:
        raise _Refused("a str with a lone surrogate: send bytes") from None
    return value


def _integer(value: int) -> Any:
    if -_EXACT <= value <= _EXACT:
        return value
    if not -2 ** 63 <= value < 2 ** 63:
        raise _Refused("an integer of more than 64 bits")
    return {"$int": int.__repr__(value)}


def _members(value: Mapping[Any, Any], depth: int) -> Dict[str, Any]:
    members = {}
    for name, item in value.items():
        if not isinstance(name, str):
            raise _Refused(f"a key of type {type(name).__name__}: keys are str")
        if "\0" in name:
            raise _Refused("a key with a NUL in it")
        members[_text(name)] = _plain(item, depth)
    if len(members) == 1 and next(iter(members)).startswith("$"):
        return {"$object": members}
    return members


def explain(value: Value, place: str) -> None:
    """Raises BadValueError for what cannot cross, if that is so."""
    try:
        _plain(value, 0)
    except _Refused as problem:
        raise _located(value, place, problem) from None


def _located(value: Value, place: str, problem: _Refused) -> BadValueError:
    for step, item in () if isinstance(problem, _TooDeep) else _steps(value):
        try:
            _plain(item, 0)
        except _Refused as inner:
            return _located(item, place + step, inner)
    return BadValueError(f"value cannot cross: {place}: {problem}", vm_alive=True)


def _steps(value: Any) -> Iterator[Tuple[str, Any]]:
    if isinstance(value, (list, tuple)):
        yield from ((f"[{index}]", item) for index, item in enumerate(value))
    elif isinstance(value, Mapping):
        yield from ((f".{name}", item) for name, item in value.items())


def from_json(raw: bytes) -> Value:
    """Of what the library wrote: compact, and correct."""
    text = raw.decode()
    value = _scan(text, 0)[0]
    return _untagged(value) if '{"$' in text else value


def from_wire(line: bytes) -> Value:
    """Of what anybody wrote. Raises ValueError."""
    value = json.loads(line)
    return _untagged(value) if b'"$' in line else value


def _untagged(value: Any) -> Any:
    if isinstance(value, list):
        return [_untagged(item) for item in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        (name, content), = value.items()
        if name in _TAGS:
            return _TAGS[name](content)
    return {name: _untagged(item) for name, item in value.items()}


def _string(content: str) -> Union[str, bytes]:
    """A string with a NUL in it is tagged too, but is text."""
    data = base64.b64decode(content)
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data


_TAGS: Dict[str, Callable[[Any], Any]] = {
    "$bytes": _string,
    "$int": int,
    "$float": float,
    "$object": lambda members: {name: _untagged(item) for name, item in members.items()},
}


def as_bytes(value: Union[str, bytes]) -> bytes:
    """Of a string of Lua that is data: it arrives as str when it happens to be UTF-8."""
    return value.encode() if isinstance(value, str) else value
