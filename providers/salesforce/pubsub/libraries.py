# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What listening needs beyond what the addon requires."""

from importlib.util import find_spec

from ....canonical import Hold

# Module → its package in the index of Python packages.
_PACKAGES = {"grpc": "grpcio", "google.protobuf": "protobuf", "fastavro": "fastavro"}


def missing() -> list[str]:
    """The packages that are not installed."""
    return [package for module, package in _PACKAGES.items() if not _is_there(module)]


def require() -> None:
    """:raises Hold: ``library_missing``"""
    absent = missing()
    if absent:
        raise Hold(
            "library_missing",
            f"Listening to change events needs Python packages that are not installed"
            f" on this server: {', '.join(absent)}.",
            f"Run 'pip install {' '.join(absent)}' for Odoo's Python, then restart"
            " Odoo; until then the polls bring all changes.",
        )


def _is_there(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:
        # The package that it is part of is not there.
        return False
