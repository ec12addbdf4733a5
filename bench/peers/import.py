"""Decodes and hashes every image below a folder with Pillow: import.py FOLDER. Prints one JSON line."""
import hashlib
import json
import multiprocessing
import os
import resource
import sys
import time
from pathlib import Path

from PIL import Image, ImageOps


def look(path: Path) -> tuple[int, int, str]:
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    with Image.open(path) as image:
        image.load()
        turned = ImageOps.exif_transpose(image)
        return turned.width, turned.height, digest


if __name__ == "__main__":
    start = time.perf_counter()
    paths = [path for path in Path(sys.argv[1]).rglob("*") if path.suffix.lower() in {".jpg", ".jpeg", ".png", ".webp"}]
    with multiprocessing.Pool(os.cpu_count()) as pool:
        found = pool.map(look, paths, chunksize=32)
    elapsed = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
    print(json.dumps({"rate": len(found) / elapsed, "peakMemoryBytes": peak}))
