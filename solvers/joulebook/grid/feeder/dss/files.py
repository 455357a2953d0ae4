"""The files of a model: only inside of one folder, of bounded number, size and depth."""

from __future__ import annotations

from pathlib import Path

from joulebook.core.errors import DataFormatError
from joulebook.grid.feeder.dss.scanning import Place

__all__ = ["Library"]

LARGEST_FILE = 50_000_000
"""Bytes."""
MOST_BYTES = 300_000_000
"""Of all files of a model."""
MOST_FILES = 5_000
DEEPEST = 20
"""Files that call each other."""


class Library:
    """Reads the files of one model.

    Parameters
    ----------
    main : Path
        The main script.
    folder : Path or None
        Highest folder that may be read from; that of the main script if None.
    """

    def __init__(self, main: Path, folder: Path | None) -> None:
        self.main = main.resolve()
        self.folder = (folder or self.main.parent).resolve()
        self.bytes = 0
        self.count = 0
        if not self.main.is_relative_to(self.folder):
            raise DataFormatError(f"lies outside of the folder {self.folder}, which was given as the highest")

    def name(self, path: Path) -> str:
        """Name of a file in messages.

        Parameters
        ----------
        path : Path
            Inside of the folder.

        Returns
        -------
        str
            Relative to the folder.
        """
        return path.relative_to(self.folder).as_posix()

    def find(self, written: str, beside: Path) -> Path | None:
        """Find a file that a script names.

        Parameters
        ----------
        written : str
            As written there; a backslash counts as a slash, upper and lower case are the same.
        beside : Path
            Folder that the name starts from.

        Returns
        -------
        Path or None
            The file; None where the name leads out of the folder.

        Raises
        ------
        FileNotFoundError
            If there is no such file.
        """
        words = written.strip().replace("\\", "/").split("/")
        if words[0] == "" or ":" in words[0] or "\0" in written:
            return None
        here = beside
        for word in words:
            if word in {"", "."}:
                continue
            here = here.parent if word == ".." else self._entry(here, word)
            if not here.resolve().is_relative_to(self.folder):
                return None
        if not here.is_file():
            raise FileNotFoundError(written)
        return here.resolve()

    @staticmethod
    def _entry(folder: Path, word: str) -> Path:
        exact = folder / word
        if exact.exists() or not folder.is_dir():
            return exact
        same = sorted(path for path in folder.iterdir() if path.name.lower() == word.lower())
        return same[0] if same else exact

    def text(self, path: Path, place: Place | None = None) -> str:
        """Read a file.

        Parameters
        ----------
        path : Path
            The file.
        place : Place, optional
            Where it is called from.

        Returns
        -------
        str
            Its text; bytes that are not UTF-8 are taken as Latin-1.

        Raises
        ------
        DataFormatError
            If it cannot be read, or the model grows beyond all measure.
        """
        try:
            size = path.stat().st_size
            self.bytes += size
            self.count += 1
            if size > LARGEST_FILE or self.bytes > MOST_BYTES or self.count > MOST_FILES:
                raise DataFormatError(
                    f"a model of {self.count} files and {self.bytes / 1e6:.0f} MB: at most {MOST_FILES} files, "
                    f"{MOST_BYTES / 1e6:g} MB in all and {LARGEST_FILE / 1e6:g} MB in one",
                    file=path.name,
                )
            raw = path.read_bytes()
        except OSError as error:
            if place is not None:
                raise place.error(f"{path.name} cannot be read: {error.strerror}") from None
            raise DataFormatError(f"cannot be read: {error.strerror}. Check the path", file=path.name) from None
        if b"\0" in raw:
            raise DataFormatError("holds binary data, not text", file=path.name)
        try:
            return raw.decode("utf-8-sig")
        except UnicodeDecodeError:
            return raw.decode("latin-1")
