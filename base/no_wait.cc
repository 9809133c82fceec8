#include "base/no_wait.h"

#include "base/file.h"
#include "base/log.h"
#include "base/page_cache.h"

namespace odradek::base {

namespace {
constexpr std::int16_t kWouldWait = -2;  // neither an error of Kafka's nor one of a disk
}  // namespace

thread_local NoWaitReads* NoWaitReads::current_ = nullptr;

NoWaitReads::NoWaitReads() {
  CHECK(current_ == nullptr);
  current_ = this;
}

NoWaitReads::~NoWaitReads() { current_ = nullptr; }

Error NoWaitReads::miss(const std::string& path, std::int64_t offset, std::size_t size_bytes) {
  current_->missing_.push_back({path, offset, size_bytes});
  Error error(path + " is not in memory");
  error.code = kWouldWait;
  return error;
}

bool would_wait(const Error& error) { return error.code == kWouldWait; }

void read_into_page_cache(const std::vector<MissingBytes>& missing) {
  for (const MissingBytes& bytes : missing) {
    auto file = File::open(bytes.path, File::Mode::kRead);
    if (!file.ok()) continue;
    (void)read_into_page_cache(*file, bytes.offset, static_cast<std::int64_t>(bytes.size_bytes));
  }
}

}  // namespace odradek::base
