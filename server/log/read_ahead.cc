#include "server/log/read_ahead.h"

#include <string>
#include <utility>

#include "base/log.h"
#include "base/page_cache.h"

namespace odradek::log {

namespace {
// Disks serve a few readers at once better than one; they wait, so that cores do not count.
constexpr int kThreads = 4;
constexpr std::size_t kMaxWaiting = 1000;
}  // namespace

ReadAhead::ReadAhead() : jobs_(kMaxWaiting) {
  for (int i = 0; i < kThreads; ++i) {
    threads_.emplace_back("log-read-ahead-" + std::to_string(i), [this] { run(); });
  }
}

ReadAhead::~ReadAhead() { stop(); }

void ReadAhead::stop() {
  jobs_.close();
  threads_.clear();
}

bool ReadAhead::is_cold(const protocol::FileSlice& slice) {
  return slice.file != nullptr &&
         !base::is_in_page_cache(*slice.file, slice.position, slice.size_bytes);
}

bool ReadAhead::read(std::vector<protocol::FileSlice> slices, std::function<void()> done) {
  return jobs_.try_push({std::move(slices), std::move(done)});
}

void ReadAhead::run() {
  while (auto job = jobs_.pop()) {
    if (jobs_.closed()) continue;
    for (const protocol::FileSlice& slice : job->slices) {
      base::Status read = base::read_into_page_cache(*slice.file, slice.position, slice.size_bytes);
      // Who sends it meets the same error.
      if (!read.ok()) LOG(WARNING) << "Reading ahead: " << read.error().message;
    }
    job->done();
  }
}

}  // namespace odradek::log
