#!/usr/bin/env python3
"""Downloads a public speech corpus into a folder: resumed if interrupted, checked, not unpacked by itself.

    python tools/download_corpus.py ljspeech ~/corpora
    python tools/download_corpus.py libritts_r ~/corpora --parts dev_clean train_clean_100

Every archive is held against its published checksum. Corpora that ask for consent or a login are explained instead.
Afterwards: tar -xf FILE (or unzip), then `tts corpus import`.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Archive:
    url: str
    checksum: str  # "sha256:…" or "md5:…"
    size: str

    @property
    def name(self) -> str:
        return self.url.rsplit("/", 1)[1]


def _libritts_r(part: str, size: str, md5: str) -> Archive:
    return Archive(f"https://www.openslr.org/resources/141/{part}.tar.gz", f"md5:{md5}", size)


CORPORA = {
    "ljspeech": ("public domain", {"all": Archive("https://data.keithito.com/data/speech/LJSpeech-1.1.tar.bz2",
                 "sha256:be1a30453f28eb8dd26af4101ae40cbf2c50413b1bb21936cbcdc6fae3de8aa5", "2.7 GB")}),
    "vctk": ("CC BY 4.0", {"all": Archive("https://datashare.ed.ac.uk/bitstream/handle/10283/3443/VCTK-Corpus-0.92.zip",
             "md5:8a6ba2946b36fcbef0212cad601f4bfa", "11.7 GB")}),
    "libritts_r": ("CC BY 4.0", {
        "dev_clean": _libritts_r("dev_clean", "1.3 GB", "2c1f5312914890634cc2d15783032ff3"),
        "dev_other": _libritts_r("dev_other", "1.0 GB", "62d3a80ad8a282b6f31b3904f0507e4f"),
        "test_clean": _libritts_r("test_clean", "1.2 GB", "4d373d453eb96c0691e598061bbafab7"),
        "test_other": _libritts_r("test_other", "1.0 GB", "dbc0959d8bdb6d52200595cabc9995ae"),
        "train_clean_100": _libritts_r("train_clean_100", "8.1 GB", "6df668d8f5f33e70876bfa33862ad02b"),
        "train_clean_360": _libritts_r("train_clean_360", "28 GB", "382eb3e64394b3da6a559f864339b22c"),
        "train_other_500": _libritts_r("train_other_500", "46 GB", "a37a8e9f4fe79d20601639bf23d1add8")})}
BY_HAND = {
    "esd": "for research only: ask for it as https://hltsingapore.github.io/ESD/ says, and unpack the archive that you are sent",
    "css10": "texts and sound are in the public domain, the archives need a free Kaggle login: follow "
             "https://github.com/Kyubyong/css10"}


def download(archive: Archive, folder: Path) -> Path:
    """The archive, whole and checked, in `folder`; what an interrupted run left (FILE.part) is continued."""
    target, part = folder / archive.name, folder / f"{archive.name}.part"
    if not target.exists():
        folder.mkdir(parents=True, exist_ok=True)
        _fetch(archive.url, part)
        _verify(archive, part)
        part.rename(target)
    return target


def _fetch(url: str, part: Path) -> None:
    have = part.stat().st_size if part.exists() else 0
    request = urllib.request.Request(url, headers={"Range": f"bytes={have}-"} if have else {})
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            whole = answer.status == 200  # a server that ignores the range sends everything again
            total = int(answer.headers.get("Content-Length") or 0) + (0 if whole else have)
            with open(part, "wb" if whole else "ab") as file:
                while block := answer.read(1 << 20):
                    file.write(block)
                    print(f"\r{part.name} {file.tell() / 1e9:.2f} of {total / 1e9:.2f} GB", end="", file=sys.stderr)
                print(file=sys.stderr)
                if file.tell() < total:
                    sys.exit(f"{url}: ended at {file.tell()} of {total} bytes; run this again to continue")
    except urllib.error.HTTPError as error:
        if error.code != 416:  # 416: the part is whole already
            sys.exit(f"{url}: {error}; if the publisher moved it, find the new address on the corpus's page")
    except (urllib.error.URLError, OSError) as error:
        sys.exit(f"{url}: {error}; run this again to continue")


def _verify(archive: Archive, part: Path) -> None:
    kind = archive.checksum.split(":")[0]
    digest = hashlib.new(kind)
    with open(part, "rb") as file:
        while block := file.read(1 << 22):
            digest.update(block)
    found = f"{kind}:{digest.hexdigest()}"
    if found != archive.checksum:
        sys.exit(f"{part}: {found}, expected {archive.checksum}; delete it and download again")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", choices=[*CORPORA, *BY_HAND])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--parts", nargs="+", help="libritts_r: which archives (all if not given)")
    args = parser.parse_args()
    if args.corpus in BY_HAND:
        sys.exit(f"{args.corpus}: {BY_HAND[args.corpus]}")
    licence, archives = CORPORA[args.corpus]
    for part in args.parts or archives:
        if part not in archives:
            sys.exit(f"{args.corpus} has no part {part}; there are {', '.join(archives)}")
        print(f"{archives[part].url}: about {archives[part].size}; {licence}")
        print(f"{download(archives[part], args.folder)}: whole and checked")


if __name__ == "__main__":
    main()
