#include "base/page_cache.h"

#include <fcntl.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>

namespace odradek::base {
namespace {

constexpr std::size_t kStepBytes = 256 << 10;

// Debian 12's headers are older than the call; its number is the same on every architecture.
constexpr long kCachestat = 451;
struct CachestatRange {
  std::uint64_t offset;
  std::uint64_t length;
};
struct Cachestat {
  std::uint64_t cached_pages;
  std::uint64_t dirty_pages;
  std::uint64_t writeback_pages;
  std::uint64_t evicted_pages;
  std::uint64_t recently_evicted_pages;
};

std::atomic<bool> has_cachestat{true};

bool reads_without_waiting(int fd, std::int64_t offset) {
  char byte = 0;
  iovec part{&byte, 1};
  return ::preadv2(fd, &part, 1, offset, RWF_NOWAIT) >= 0 || errno != EAGAIN;
}

}  // namespace

bool is_in_page_cache(const File& file, std::int64_t offset, std::int64_t length) {
  if (length <= 0) return true;
  if (has_cachestat.load(std::memory_order_relaxed)) {
    static const std::int64_t page_bytes = ::sysconf(_SC_PAGESIZE);
    CachestatRange range{static_cast<std::uint64_t>(offset), static_cast<std::uint64_t>(length)};
    Cachestat state{};
    if (::syscall(kCachestat, file.fd(), &range, &state, 0) == 0) {
      std::int64_t pages = (offset + length - 1) / page_bytes - offset / page_bytes + 1;
      return state.cached_pages >= static_cast<std::uint64_t>(pages);
    }
    has_cachestat.store(false, std::memory_order_relaxed);
  }
  return reads_without_waiting(file.fd(), offset) &&
         reads_without_waiting(file.fd(), offset + length - 1);
}

Status read_into_page_cache(const File& file, std::int64_t offset, std::int64_t length) {
  ::posix_fadvise(file.fd(), offset, length, POSIX_FADV_WILLNEED);
  Bytes step(static_cast<std::size_t>(std::min<std::int64_t>(length, kStepBytes)));
  for (std::int64_t done = 0; done < length;) {
    auto left = static_cast<std::size_t>(length - done);
    auto count = file.read_at(MutableBytes(step).first(std::min(step.size(), left)), offset + done);
    if (!count.ok()) return count.error();
    if (*count == 0) break;
    done += static_cast<std::int64_t>(*count);
  }
  return {};
}

}  // namespace odradek::base
