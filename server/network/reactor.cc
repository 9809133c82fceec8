#include "server/network/reactor.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <limits>
#include <utility>

#include "base/clock.h"
#include "base/log.h"
#include "server/network/socket.h"

namespace odradek::network {
namespace {

constexpr int kMaxEventsPerTurn = 128;
constexpr std::int64_t kNsPerMs = 1'000'000;
constexpr std::uint32_t kEnd = EPOLLRDHUP | EPOLLERR | EPOLLHUP;
constexpr std::uint32_t kWatched = EPOLLIN | EPOLLRDHUP | EPOLLET;

std::int64_t now_ns() { return base::Clock::system().monotonic_ns(); }

int checked(int descriptor, const char* what) {
  CHECK_GE(descriptor, 0) << what << " fails: " << error_text(errno) << ".";
  return descriptor;
}

}  // namespace

// Registered once, for edges: readiness is told when it begins, so that waiting for the next
// request costs no call of the kernel.
struct Reactor::Watch::State {
  State(int watched, std::function<void()> readable, std::function<void()> writable)
      : fd(watched), on_readable(std::move(readable)), on_writable(std::move(writable)) {}

  void take(std::uint32_t events) {
    // The end may be told together with the last bytes, and is not told again after these are read.
    if ((events & kEnd) != 0) has_ended = true;
    if ((events & (EPOLLIN | kEnd)) != 0) {
      is_readable = !is_read_armed;
      call_readable();
    }
    if ((events & (EPOLLOUT | kEnd)) != 0 && is_alive && std::exchange(is_write_armed, false)) {
      on_writable();
    }
  }
  void call_readable() {
    if (!is_alive || !std::exchange(is_read_armed, false)) return;
    on_readable();
  }

  const int fd;
  const std::function<void()> on_readable;
  const std::function<void()> on_writable;
  bool is_read_armed = false;
  bool is_write_armed = false;
  bool is_readable = false;  // told while nobody asked
  bool has_ended = false;
  bool is_alive = true;
};

Reactor::Watch::Watch(Reactor& reactor, int fd, std::function<void()> on_readable,
                      std::function<void()> on_writable)
    : reactor_(reactor),
      state_(std::make_shared<State>(fd, std::move(on_readable), std::move(on_writable))) {
  epoll_event event{.events = kWatched, .data = {.ptr = state_.get()}};
  if (::epoll_ctl(reactor_.epoll_, EPOLL_CTL_ADD, fd, &event) == 0) return;
  LOG(ERROR) << "A socket cannot be watched and is shut down: " << error_text(errno) << ".";
  // Its owner is told that it is readable, and finds the end.
  ::shutdown(fd, SHUT_RDWR);
  state_->is_readable = true;
}

Reactor::Watch::~Watch() {
  state_->is_alive = false;
  ::epoll_ctl(reactor_.epoll_, EPOLL_CTL_DEL, state_->fd, nullptr);
  reactor_.retired_.push_back(state_);
}

void Reactor::Watch::arm_readable() {
  if (std::exchange(state_->is_read_armed, true)) return;
  if (!std::exchange(state_->is_readable, false) && !state_->has_ended) return;
  reactor_.post([state = state_] { state->call_readable(); });
}

void Reactor::Watch::arm_writable() {
  if (std::exchange(state_->is_write_armed, true)) return;
  // Rare, so the kernel is asked each time; it tells at once when the descriptor is writable.
  epoll_event event{.events = kWatched | EPOLLOUT, .data = {.ptr = state_.get()}};
  ::epoll_ctl(reactor_.epoll_, EPOLL_CTL_MOD, state_->fd, &event);
}

Reactor::Reactor()
    : epoll_(checked(::epoll_create1(EPOLL_CLOEXEC), "epoll_create1")),
      wake_(checked(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), "eventfd")) {
  epoll_event event{.events = EPOLLIN | EPOLLET, .data = {.ptr = nullptr}};
  checked(::epoll_ctl(epoll_, EPOLL_CTL_ADD, wake_, &event), "epoll_ctl");
}

Reactor::~Reactor() {
  ::close(wake_);
  ::close(epoll_);
}

void Reactor::run() {
  std::array<epoll_event, kMaxEventsPerTurn> events;
  while (!is_stopped_.load()) {
    const int count = ::epoll_wait(epoll_, events.data(), kMaxEventsPerTurn, begin_sleep_ms());
    end_sleep();
    for (int i = 0; i < count; ++i) {
      // No pointer: it was woken. The edge needs no read.
      if (auto* state = static_cast<Watch::State*>(events[i].data.ptr)) {
        state->take(events[i].events);
      }
    }
    run_posted();
    if (!alarms_.empty()) run_due();
    retired_.clear();
  }
}

void Reactor::stop() {
  is_stopped_.store(true);
  wake();
}

void Reactor::post(std::function<void()> action) {
  bool was_asleep = false;
  {
    base::MutexLock lock(mutex_);
    posted_.push_back(std::move(action));
    was_asleep = std::exchange(is_asleep_, false);
  }
  if (was_asleep) wake();
}

void Reactor::wake() {
  const std::uint64_t one = 1;
  // It can fail only when it counts 2^64 wakings, and then the thread is awake.
  (void)!::write(wake_, &one, sizeof one);
}

// How long epoll_wait may take: nothing while there is something to do, -1 for as long as it likes.
int Reactor::begin_sleep_ms() {
  {
    base::MutexLock lock(mutex_);
    if (!posted_.empty()) return 0;
    is_asleep_ = true;
  }
  if (alarms_.empty()) return -1;
  const std::int64_t left_ns = std::max<std::int64_t>(alarms_.begin()->first - now_ns(), 0);
  return static_cast<int>(
      std::min<std::int64_t>((left_ns + kNsPerMs - 1) / kNsPerMs, std::numeric_limits<int>::max()));
}

void Reactor::end_sleep() {
  base::MutexLock lock(mutex_);
  is_asleep_ = false;
}

// What these post themselves waits for the next turn.
void Reactor::run_posted() {
  std::vector<std::function<void()>> actions;
  {
    base::MutexLock lock(mutex_);
    actions.swap(posted_);
  }
  for (const std::function<void()>& action : actions) action();
}

void Reactor::run_due() {
  const std::int64_t now = now_ns();
  while (!alarms_.empty() && alarms_.begin()->first <= now) {
    Alarm& alarm = *alarms_.begin()->second;
    clear(alarm);
    alarm.on_due_();
  }
}

void Reactor::set(Alarm& alarm, std::int64_t delay_ms) {
  clear(alarm);
  // Never in this very moment, so that an alarm that sets itself anew lets others run.
  alarm.due_ns_ = now_ns() + std::max<std::int64_t>(delay_ms * kNsPerMs, 1);
  alarms_.emplace(alarm.due_ns_, &alarm);
}

void Reactor::clear(Alarm& alarm) {
  if (alarm.due_ns_ == kNotSet) return;
  const auto [begin, end] = alarms_.equal_range(alarm.due_ns_);
  alarms_.erase(
      std::find_if(begin, end, [&](const auto& entry) { return entry.second == &alarm; }));
  alarm.due_ns_ = kNotSet;
}

}  // namespace odradek::network
