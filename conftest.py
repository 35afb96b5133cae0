"""For this project's own tests: what a test needs, and where its shared data is."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

SHARED = Path(__file__).resolve().parent.parent / "shared"
