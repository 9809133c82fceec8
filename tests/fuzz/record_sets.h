// Record sets for fuzz targets: made from an input so that mutations reach behind checksums and
// compression, and well-formed ones to start from.
#pragma once

#include <cstdint>
#include <vector>

#include "base/bytes.h"
#include "base/random.h"
#include "protocol/record/batch.h"
#include "tests/fuzz/choices.h"

namespace odradek::fuzz {

// The rest of the input as it is, or with its checksums put right, or as what a batch (or a wrapper
// of magic 0 or 1) holds once it is decompressed.
base::Bytes record_set(Choices& choices);

// Inputs of record_set(): every magic, codec and way.
std::vector<base::Bytes> record_set_seeds(base::Random& random);

// `batch` with the checksum of its bytes, as a client that is wrong in all else would send it.
void correct_checksums(base::MutableBytes set);

// Bounds on what a walk may meet, so that a decompression bomb ends a run and not the fuzzer.
constexpr std::size_t kMaxWalkedBytes = std::size_t{8} << 20;
constexpr std::size_t kMaxRecordBytes = std::size_t{1} << 20;

// Whether all batches of the set, whatever else is wrong with them, expand to little.
bool expands_to_little(base::ByteView set);

}  // namespace odradek::fuzz
