#include "base/mutex.h"

#include <errno.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

namespace odradek::base {
namespace {

using TimePoint = std::chrono::steady_clock::time_point;

// Sleeps while `word` is `value`, until it is woken or the deadline comes; false only at the
// deadline. The kernel counts from the start of the steady clock too.
bool sleep_while(const std::atomic<std::uint32_t>& word, std::uint32_t value,
                 const TimePoint* deadline) {
  timespec until{};
  if (deadline != nullptr) {
    auto since_start = std::chrono::nanoseconds(deadline->time_since_epoch());
    auto seconds = std::chrono::floor<std::chrono::seconds>(since_start);
    if (seconds.count() < 0) return false;
    until.tv_sec = seconds.count();
    until.tv_nsec = (since_start - seconds).count();
  }
  long result = ::syscall(SYS_futex, &word, FUTEX_WAIT_BITSET_PRIVATE, value,
                          deadline != nullptr ? &until : nullptr, nullptr, FUTEX_BITSET_MATCH_ANY);
  return result == 0 || errno != ETIMEDOUT;
}

void wake(const std::atomic<std::uint32_t>& word, int count) {
  ::syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, count, nullptr, nullptr, 0);
}

}  // namespace

// Who had to wait once holds it as awaited: whether others sleep too is not known to it.
void Mutex::wait_for_it() {
  while (word_.exchange(kAwaited, std::memory_order_acquire) != kFree) {
    sleep_while(word_, kAwaited, nullptr);
  }
}

void Mutex::wake_one() { wake(word_, 1); }

void CondVar::wait(Mutex& mutex) { wait_for_turn(mutex, nullptr); }

bool CondVar::wait_until(Mutex& mutex, TimePoint deadline) {
  return wait_for_turn(mutex, &deadline);
}

// Whoever changes what is waited for takes the mutex after it was released here, so that it sees
// that somebody waits, and its turn is another than the one seen here.
bool CondVar::wait_for_turn(Mutex& mutex, const TimePoint* deadline) {
  waiting_.fetch_add(1);
  std::uint32_t turn = turn_.load();
  mutex.unlock();
  bool in_time = sleep_while(turn_, turn, deadline);
  waiting_.fetch_sub(1);
  mutex.lock();
  return in_time;
}

void CondVar::notify(int count) {
  if (waiting_.load() == 0) return;
  turn_.fetch_add(1);
  wake(turn_, count);
}

}  // namespace odradek::base
