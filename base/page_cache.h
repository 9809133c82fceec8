// Page cache: whether a part of a file is in memory, and what brings it there.
#pragma once

#include <cstdint>

#include "base/file.h"
#include "base/result.h"

namespace odradek::base {

// True when reading these bytes waits for no disk, as far as the kernel tells: by cachestat() where
// there is one (Linux 6.5), else by reading the first and the last byte without waiting.
bool is_in_page_cache(const File& file, std::int64_t offset, std::int64_t length);

// Waits until they have been read once. Whether they stay is up to the kernel.
Status read_into_page_cache(const File& file, std::int64_t offset, std::int64_t length);

}  // namespace odradek::base
