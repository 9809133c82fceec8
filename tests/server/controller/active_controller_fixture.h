// ActiveControllerTest: an elected controller without a thread of its own.
#pragma once

#include <memory>
#include <optional>
#include <variant>

#include "server/controller/active_controller.h"
#include "tests/server/controller/cluster_fixture.h"
#include "tests/support/manual_scheduler.h"

namespace odradek::controller {

// Its events wait in the queue until the test lets them happen.
class ActiveControllerTest : public ControllerTest {
 protected:
  void SetUp() override {
    ControllerTest::SetUp();
    create("orders", {{0, {1}}});
    active_ =
        std::make_unique<ActiveController>(options_, *session_, connections_, events_, timers_);
    auto fence = zk::ControllerStore(*session_).elect(1);
    ASSERT_TRUE(fence.ok() && *fence);
    fence_ = **fence;
    active_->take_over(fence_);
    ASSERT_TRUE(active_->store().ok());
  }
  void TearDown() override { active_->resign(); }

  // Waits for one of this kind; others do not happen.
  template <class Wanted>
  Wanted next() {
    for (;;) {
      std::optional<Event> event = events_.take();
      if (auto* wanted = std::get_if<Wanted>(&*event)) return *wanted;
    }
  }
  // Whether one of this kind waits; none does afterwards.
  template <class Wanted>
  bool waits() {
    bool found = false;
    while (events_.size() > 0) found = std::holds_alternative<Wanted>(*events_.take()) || found;
    return found;
  }

  const ControllerOptions options_ = options(1);
  client::UniformConnections connections_{client::ConnectionOptions{}};
  EventQueue events_;
  zk::Fence fence_;
  base::ManualClock clock_;
  odradek::testing::ManualScheduler timers_{clock_};
  std::unique_ptr<ActiveController> active_;
};

}  // namespace odradek::controller
