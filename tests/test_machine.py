"""A machine is told by its kind."""

import platform
import re
import socket

from tts import machine


def test_kind_cores_and_memory_are_told_and_no_name(monkeypatch, tmp_path):
    (tmp_path / "cpuinfo").write_text("processor : 0\nmodel name\t: Some  Processor 7\nprocessor : 1\nmodel name\t: Some  Processor 7\n")
    monkeypatch.setattr(machine, "CPU_INFO", tmp_path / "cpuinfo")
    said = machine.describe()
    assert re.match(r"Some Processor 7, \d+ cores?, \d+ GB", said) and socket.gethostname() not in said
    monkeypatch.setattr(machine, "CPU_INFO", tmp_path / "absent")
    assert machine.cpu_model() == platform.machine()
