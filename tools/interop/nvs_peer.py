# SPDX-License-Identifier: Apache-2.0

"""Partitions of ESP-IDF's key-value storage as Espressif's generator makes them of its CSV."""

import subprocess
import sys
import tempfile
from pathlib import Path


class NvsPeer:
    def make_partition(self, size, namespace, **values):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            lines = ["key,type,encoding,value", f"{namespace},namespace,,"]
            for key, value in values.items():
                (folder / key).write_bytes(bytes.fromhex(value))
                lines.append(f"{key},file,binary,{folder / key}")
            (folder / "in.csv").write_text("\n".join(lines) + "\n")
            command = [sys.executable, "-m", "esp_idf_nvs_partition_gen", "generate"]
            files = [str(folder / "in.csv"), str(folder / "out.bin")]
            subprocess.run([*command, *files, size], check=True, capture_output=True, timeout=60)
            return {"partition": (folder / "out.bin").read_bytes().hex()}
