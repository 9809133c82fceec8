#include "server/network/reactor.h"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <utility>

namespace odradek::network {

namespace asio = boost::asio;

struct Reactor::Loop {
  asio::io_context context{1};
  asio::executor_work_guard<asio::io_context::executor_type> work{context.get_executor()};
};

Reactor::Reactor() : loop_(std::make_unique<Loop>()) {}
Reactor::~Reactor() = default;

void Reactor::run() { loop_->context.run(); }
void Reactor::stop() { loop_->context.stop(); }
void Reactor::post(std::function<void()> action) { asio::post(loop_->context, std::move(action)); }

// The callbacks under way share it; once the watch is dead they find `alive` false.
struct Reactor::Watch::State {
  State(asio::io_context& context, int fd) : descriptor(context, fd) {}
  asio::posix::stream_descriptor descriptor;
  std::function<void()> on_readable;
  std::function<void()> on_writable;
  bool is_read_armed = false;
  bool is_write_armed = false;
  bool alive = true;
};

Reactor::Watch::Watch(Reactor& reactor, int fd, std::function<void()> on_readable,
                      std::function<void()> on_writable)
    : state_(std::make_shared<State>(reactor.loop_->context, fd)) {
  state_->on_readable = std::move(on_readable);
  state_->on_writable = std::move(on_writable);
}

Reactor::Watch::~Watch() {
  state_->alive = false;
  (void)state_->descriptor.release();  // the descriptor is its owner's to close
}

void Reactor::Watch::arm_readable() {
  if (std::exchange(state_->is_read_armed, true)) return;
  state_->descriptor.async_wait(asio::posix::stream_descriptor::wait_read,
                                [state = state_](const boost::system::error_code&) {
                                  if (!state->alive) return;
                                  state->is_read_armed = false;
                                  state->on_readable();
                                });
}

void Reactor::Watch::arm_writable() {
  if (std::exchange(state_->is_write_armed, true)) return;
  state_->descriptor.async_wait(asio::posix::stream_descriptor::wait_write,
                                [state = state_](const boost::system::error_code&) {
                                  if (!state->alive) return;
                                  state->is_write_armed = false;
                                  state->on_writable();
                                });
}

struct Reactor::Alarm::State {
  explicit State(asio::io_context& context) : timer(context) {}
  asio::steady_timer timer;
  std::function<void()> on_due;
  bool alive = true;
};

Reactor::Alarm::Alarm(Reactor& reactor, std::function<void()> on_due)
    : state_(std::make_shared<State>(reactor.loop_->context)) {
  state_->on_due = std::move(on_due);
}

Reactor::Alarm::~Alarm() {
  state_->alive = false;
  state_->timer.cancel();
}

void Reactor::Alarm::set_after_ms(std::int64_t delay_ms) {
  // Setting a new time cancels the wait for the old one.
  state_->timer.expires_after(std::chrono::milliseconds(delay_ms));
  state_->timer.async_wait([state = state_](const boost::system::error_code& error) {
    if (!state->alive || error) return;
    state->on_due();
  });
}

}  // namespace odradek::network
