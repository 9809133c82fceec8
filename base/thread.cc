#include "base/thread.h"

#include <pthread.h>

#include <chrono>
#include <utility>

#include "base/mutex.h"

namespace odradek::base {
namespace {

thread_local std::string current_role = "main";  // NOLINT: one per thread, set once by its Thread

constexpr std::size_t kMaxKernelName = 15;

}  // namespace

Thread::Thread(std::string name, std::function<void()> body)
    : name_(std::move(name)), thread_([role = name_, run = std::move(body)]() mutable {
        pthread_setname_np(pthread_self(), role.substr(0, kMaxKernelName).c_str());
        current_role = std::move(role);
        run();
        // What the body captured dies before join() returns.
        run = nullptr;
      }) {}

Thread::~Thread() { join(); }

Thread& Thread::operator=(Thread&& other) noexcept {
  if (this == &other) return *this;
  join();
  name_ = std::move(other.name_);
  thread_ = std::move(other.thread_);
  return *this;
}

void Thread::join() {
  if (thread_.joinable()) thread_.join();
}

std::string_view thread_role() { return current_role; }

bool on_thread(std::string_view role) { return thread_role().starts_with(role); }

bool ThreadOwner::is_current() const {
  std::thread::id nobody;
  std::thread::id self = std::this_thread::get_id();
  return owner_.compare_exchange_strong(nobody, self) || nobody == self;
}

void pause_ms(std::int64_t ms) {
  Mutex mutex;
  CondVar nobody_notifies;
  auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(ms);
  MutexLock lock(mutex);
  while (nobody_notifies.wait_until(mutex, end)) {
  }
}

}  // namespace odradek::base
