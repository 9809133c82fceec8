"""The logs of one partition as they lie on the disks of its replicas, compared byte by byte."""
import glob
import os
import struct

HEADER = struct.Struct(">qi")  # base offset, length of what follows


def batches(directory):
    """[(base offset, bytes)] of every batch in the segments, in order; a partial one at the end is left out."""
    found = []
    for path in sorted(glob.glob(os.path.join(directory, "*.log"))):
        with open(path, "rb") as segment:
            data = segment.read()
        at = 0
        while at + HEADER.size <= len(data):
            offset, length = HEADER.unpack_from(data, at)
            end = at + HEADER.size + length
            if length <= 0 or end > len(data):
                break
            found.append((offset, data[at:end]))
            at = end
    return found


def difference(directories):
    """A sentence about the first batch in which the replicas are not the same; None when they are."""
    logs = {directory: batches(directory) for directory in directories}
    first = max(log[0][0] if log else 0 for log in logs.values())
    logs = {directory: [batch for batch in log if batch[0] >= first] for directory, log in logs.items()}
    (reference_directory, reference), *others = logs.items()
    for directory, log in others:
        for one, other in zip(reference, log):
            if one != other:
                return (f"{reference_directory} has a batch of {len(one[1])} bytes at offset {one[0]}, "
                        f"{directory} one of {len(other[1])} bytes at offset {other[0]}: they are not the same")
        if len(log) != len(reference):
            return f"{reference_directory} has {len(reference)} batches, {directory} has {len(log)}"
    return None
