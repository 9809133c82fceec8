// Background: one call on a thread of its own, whose result the test takes later.
#pragma once

#include <functional>
#include <future>
#include <utility>

#include "base/thread.h"

namespace odradek::testing {

template <class T>
class Background {
 public:
  explicit Background(std::function<T()> body)
      : result_(promise_.get_future()),
        thread_("background", [this, run = std::move(body)] { promise_.set_value(run()); }) {}

  // Waits; once.
  T get() { return result_.get(); }

 private:
  std::promise<T> promise_;
  std::future<T> result_;
  base::Thread thread_;
};

template <class Body>
Background(Body) -> Background<decltype(std::declval<Body>()())>;

}  // namespace odradek::testing
