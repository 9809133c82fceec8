#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "server/network/connection_limits.h"
#include "server/network/frame_reader.h"
#include "server/network/memory_budget.h"
#include "server/network/wrong_protocol.h"
#include "tests/server/network/test_client.h"

namespace odradek::network {
namespace {

std::span<const std::uint8_t> view(const std::string& text) { return base::as_bytes(text); }

TEST(FrameReader, CutsFramesWhereverTheBytesAreCut) {
  const std::string bytes = frame_of("one") + frame_of("") + frame_of(std::string(5000, 'z'));
  for (std::size_t step : {1u, 2u, 3u, 4u, 5u, 7u, 1000u, 6000u}) {
    FrameReader reader(std::make_shared<MemoryBudget>(0));
    std::vector<std::string> frames;
    for (std::size_t at = 0; at < bytes.size(); at += step) {
      const std::string piece = bytes.substr(at, step);
      std::span<const std::uint8_t> input = view(piece);
      for (FrameReader::Next next = reader.next(input, 10'000);
           next.outcome == FrameReader::Outcome::kFrame; next = reader.next(input, 10'000)) {
        frames.emplace_back(base::as_text(next.frame->bytes()));
      }
    }
    EXPECT_EQ(frames, (std::vector<std::string>{"one", "", std::string(5000, 'z')})) << step;
  }
}

TEST(FrameReader, DoublesItsMemoryAsBytesArrive) {
  auto budget = std::make_shared<MemoryBudget>(0);
  FrameReader reader(budget);
  const std::string head = big_endian32(50'000'000);
  std::span<const std::uint8_t> input = view(head);
  EXPECT_EQ(reader.next(input, 100'000'000).outcome, FrameReader::Outcome::kNeedMore);
  EXPECT_EQ(budget->used_bytes(), std::int64_t{FrameReader::kFirstBytes});
  std::size_t filled = 0;
  FrameReader::Next next;
  while (next.outcome == FrameReader::Outcome::kNeedMore) {
    const std::size_t room = reader.space().size();
    ASSERT_GT(room, 0u);
    EXPECT_LE(budget->used_bytes(), std::max<std::int64_t>(FrameReader::kFirstBytes,
                                                           2 * static_cast<std::int64_t>(filled)));
    reader.filled(room);
    filled += room;
    next = reader.next(input, 100'000'000);
  }
  EXPECT_EQ(next.outcome, FrameReader::Outcome::kFrame);
  EXPECT_EQ(next.frame->size(), 50'000'000u);
}

TEST(FrameReader, StopsGrowingWhenMemoryIsTwiceUsedUp) {
  auto budget = std::make_shared<MemoryBudget>(1000);
  FrameReader reader(budget);
  const std::string head = big_endian32(50'000'000);
  std::span<const std::uint8_t> input = view(head);
  EXPECT_EQ(reader.next(input, 100'000'000).outcome, FrameReader::Outcome::kNeedMore);
  reader.filled(reader.space().size());
  EXPECT_EQ(reader.next(input, 100'000'000).outcome, FrameReader::Outcome::kRefused);
}

TEST(MemoryBudget, WakesWhoWaitedWhenItOpens) {
  auto budget = std::make_shared<MemoryBudget>(100);
  int wakes = 0;
  {
    MemoryLease lease(budget);
    lease.grow_to(150);
    EXPECT_FALSE(budget->is_open());
    budget->notify_when_open([&] { ++wakes; });
    EXPECT_EQ(wakes, 0);
  }
  EXPECT_EQ(wakes, 1);
  budget->notify_when_open([&] { ++wakes; });
  EXPECT_EQ(wakes, 2);
}

TEST(WrongProtocol, NamesWhatItKnows) {
  EXPECT_NE(protocol_on_plaintext_port(view("GET / HTTP")).find("HTTP"), std::string_view::npos);
  EXPECT_NE(protocol_on_plaintext_port(view("\x16\x03\x01\x02")).find("TLS"),
            std::string_view::npos);
  EXPECT_EQ(protocol_on_plaintext_port(view("\x7f\x03\x01\x02")), "");
  EXPECT_EQ(protocol_on_tls_port(view("\x16")), "");
  EXPECT_NE(protocol_on_tls_port(view(request_frame(1, ""))).find("plaintext"),
            std::string_view::npos);
  EXPECT_NE(protocol_on_tls_port(view("POST /x")).find("HTTP"), std::string_view::npos);
}

TEST(ConnectionLimits, SpreadsNewConnectionsOverTime) {
  base::ManualClock clock;
  ConnectionLimits limits(clock);
  limits.add_listener("A", kNoLimit, 10, false);
  auto admit = [&] {
    if (limits.may_accept("A") != ConnectionLimits::Verdict::kAdmitted) return false;
    return limits.admit("A", "1.2.3.4") == ConnectionLimits::Verdict::kAdmitted;
  };
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(admit()) << i;
  EXPECT_FALSE(admit());
  clock.advance_ms(100);
  EXPECT_TRUE(admit());
  EXPECT_FALSE(admit());
  clock.advance_ms(1'000'000);
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(admit()) << i;
  EXPECT_FALSE(admit());
}

TEST(ConnectionLimits, CountsPerListenerAddressAndBroker) {
  base::ManualClock clock;
  ConnectionLimits limits(clock);
  limits.add_listener("A", 2, kNoLimit, false);
  limits.add_listener("B", kNoLimit, kNoLimit, false);
  limits.set({.max_connections = 3, .max_connections_per_ip = 2});
  using Verdict = ConnectionLimits::Verdict;
  EXPECT_EQ(limits.admit("A", "x"), Verdict::kAdmitted);
  EXPECT_EQ(limits.admit("A", "x"), Verdict::kAdmitted);
  EXPECT_EQ(limits.may_accept("A"), Verdict::kTooManyOfListener);
  EXPECT_EQ(limits.admit("B", "x"), Verdict::kTooManyFromAddress);
  EXPECT_EQ(limits.admit("B", "y"), Verdict::kAdmitted);
  EXPECT_EQ(limits.may_accept("B"), Verdict::kTooManyOfBroker);
  limits.release("A", "x");
  EXPECT_EQ(limits.may_accept("B"), Verdict::kAdmitted);
  EXPECT_EQ(limits.open(), 2u);
  EXPECT_EQ(limits.open("A"), 1u);
}

}  // namespace
}  // namespace odradek::network
