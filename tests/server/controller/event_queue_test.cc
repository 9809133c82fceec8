#include "server/controller/event_queue.h"

#include <gtest/gtest.h>

namespace odradek::controller {
namespace {

TEST(EventQueue, GivesEventsInOrder) {
  EventQueue queue;
  queue.put(Startup{});
  queue.put(BrokerChange{});
  EXPECT_TRUE(std::holds_alternative<Startup>(*queue.take()));
  EXPECT_TRUE(std::holds_alternative<BrokerChange>(*queue.take()));
}

TEST(EventQueue, ExpireDiscardsWhatWaitsAndAnswersIt) {
  EventQueue queue;
  ErrorCode answered = ErrorCode::kNone;
  queue.put(BrokerChange{});
  queue.put(AlterPartitionAsked{{}, [&](AlterPartitionAnswer answer) { answered = answer.error; }});
  bool started = false;
  queue.clear_and_put(Expire{[&] { started = true; }});
  EXPECT_EQ(answered, ErrorCode::kNotController);
  EXPECT_FALSE(started);
  EXPECT_EQ(queue.size(), 1u);
  EXPECT_TRUE(std::holds_alternative<Expire>(*queue.take()));
}

TEST(EventQueue, AClosedOneRefusesEverything) {
  EventQueue queue;
  int refused = 0;
  auto count = [&](ControlledShutdownAnswer answer) {
    if (protocol::code_of(answer.error()) == ErrorCode::kNotController) ++refused;
  };
  queue.put(ControlledShutdownAsked{{}, count});
  queue.close();
  queue.put(ControlledShutdownAsked{{}, count});
  EXPECT_EQ(refused, 2);
  bool released = false;
  queue.clear_and_put(Expire{[&] { released = true; }});
  EXPECT_TRUE(released) << "the session's thread must not wait for ever";
  EXPECT_FALSE(queue.take());
}

}  // namespace
}  // namespace odradek::controller
