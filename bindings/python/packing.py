# SPDX-License-Identifier: MIT
"""What pip asks to make a package of this folder (PEP 517), without a network or other packages."""
import base64
import hashlib
import io
import pathlib
import re
import tarfile
import zipfile
from typing import Dict, Iterator, List, Optional

HERE = pathlib.Path(__file__).parent
WHEEL = "Wheel-Version: 1.0\nGenerator: fkvm\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


def project() -> Dict[str, str]:
    text = (HERE / "pyproject.toml").read_text(encoding="utf-8")
    return dict(re.findall(r'^([\w-]+) = "(.*)"$', text, re.M))


def sources() -> Iterator[pathlib.Path]:
    for path in sorted((HERE / "fkvm").rglob("*")):
        if path.suffix == ".py" or path.name == "py.typed":
            yield path


def metadata() -> str:
    about = project()
    return (f"Metadata-Version: 2.1\nName: {about['name']}\nVersion: {about['version']}\n"
            f"Summary: {about['description']}\nLicense: MIT\n"
            f"Requires-Python: {about['requires-python']}\n")


def base() -> str:
    return "{name}-{version}".format_map(project())


def write_wheel(folder: str, files: Dict[str, bytes]) -> str:
    info = f"{base()}.dist-info"
    files = {**files, f"{info}/METADATA": metadata().encode(), f"{info}/WHEEL": WHEEL.encode()}
    record = []
    for name, data in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
        record.append(f"{name},sha256={digest},{len(data)}\n")
    files[f"{info}/RECORD"] = "".join(record + [f"{info}/RECORD,,\n"]).encode()
    name = f"{base()}-py3-none-any.whl"
    with zipfile.ZipFile(pathlib.Path(folder, name), "w", zipfile.ZIP_DEFLATED) as wheel:
        for path, data in files.items():
            entry = zipfile.ZipInfo(path)  # of 1980: the same sources make the same wheel
            entry.external_attr = 0o644 << 16
            wheel.writestr(entry, data)
    return name


def build_wheel(wheel_directory: str, config_settings: Optional[Dict[str, str]] = None,
                metadata_directory: Optional[str] = None) -> str:
    return write_wheel(wheel_directory, {path.relative_to(HERE).as_posix(): path.read_bytes()
                                         for path in sources()})


def build_editable(wheel_directory: str, config_settings: Optional[Dict[str, str]] = None,
                   metadata_directory: Optional[str] = None) -> str:
    return write_wheel(wheel_directory, {"fkvm.pth": f"{HERE}\n".encode()})


def build_sdist(sdist_directory: str, config_settings: Optional[Dict[str, str]] = None) -> str:
    files: List[pathlib.Path] = [HERE / "pyproject.toml", HERE / "packing.py", *sources()]
    with tarfile.open(pathlib.Path(sdist_directory, f"{base()}.tar.gz"), "w:gz") as archive:
        for path in files:
            archive.add(path, f"{base()}/{path.relative_to(HERE).as_posix()}")
        entry = tarfile.TarInfo(f"{base()}/PKG-INFO")
        data = metadata().encode()
        entry.size = len(data)
        archive.addfile(entry, io.BytesIO(data))
    return f"{base()}.tar.gz"
