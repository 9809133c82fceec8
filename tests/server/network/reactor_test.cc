#include "server/network/reactor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "base/log.h"
#include "base/thread.h"
#include "server/network/socket.h"

namespace odradek::network {
namespace {

using ::testing::ElementsAre;

// Two ends of a connection; the near one does not block.
struct Pair {
  Pair() {
    int ends[2];
    CHECK_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), 0);
    near = Socket(ends[0]);
    far = Socket(ends[1]);
  }
  void send(const std::string& text) const {
    ASSERT_EQ(::send(far.fd(), text.data(), text.size(), 0), static_cast<ssize_t>(text.size()));
  }
  // What one read finds: "" at the end, "nothing" when it would block.
  std::string read() const {
    char bytes[64];
    const ssize_t got = ::recv(near.fd(), bytes, sizeof bytes, 0);
    return got < 0 ? "nothing" : std::string(bytes, static_cast<std::size_t>(got));
  }

  Socket near;
  Socket far;
};

TEST(Reactor, RunsWhatIsPostedInOrderAndStops) {
  Reactor reactor;
  std::vector<int> order;
  reactor.post([&] {
    order.push_back(1);
    reactor.post([&] {
      order.push_back(3);
      reactor.stop();
    });
  });
  reactor.post([&] { order.push_back(2); });
  reactor.run();
  EXPECT_THAT(order, ElementsAre(1, 2, 3));
}

TEST(Reactor, WakesForWhatAnotherThreadPosts) {
  constexpr int kTimes = 2'000;
  Reactor reactor;
  int count = 0;
  base::Thread other("other", [&] {
    for (int i = 0; i < kTimes; ++i) {
      reactor.post([&] {
        if (++count == kTimes) reactor.stop();
      });
    }
  });
  reactor.run();
  other.join();
  EXPECT_EQ(count, kTimes);
}

TEST(Reactor, StopsWhenAnotherThreadSaysSo) {
  Reactor reactor;
  base::Thread other("other", [&] { reactor.stop(); });
  reactor.run();
  other.join();
}

class ReactorWatch : public ::testing::Test {
 protected:
  // Reads once at each callback and arms again until the end.
  void read_all() {
    watch = std::make_unique<Reactor::Watch>(
        reactor, pair.near.fd(),
        [this] {
          reads.push_back(pair.read());
          if (reads.back().empty()) return reactor.stop();
          watch->arm_readable();
        },
        [] {});
    watch->arm_readable();
  }

  Pair pair;
  Reactor reactor;
  std::unique_ptr<Reactor::Watch> watch;
  std::vector<std::string> reads;
};

TEST_F(ReactorWatch, TellsOfBytesAndOfTheEnd) {
  pair.send("one");
  read_all();
  reactor.post([this] {
    pair.send("two");
    reactor.post([this] { pair.far.close(); });
  });
  reactor.run();
  EXPECT_THAT(reads, ElementsAre("one", "two", ""));
}

TEST_F(ReactorWatch, TellsTheEndThatCameWithTheLastBytes) {
  pair.send("last");
  pair.far.close();
  read_all();
  reactor.run();
  EXPECT_THAT(reads, ElementsAre("last", ""));
}

TEST_F(ReactorWatch, TellsTheEndOfASideThatStillReads) {
  pair.send("last");
  ASSERT_EQ(::shutdown(pair.far.fd(), SHUT_WR), 0);
  read_all();
  reactor.run();
  EXPECT_THAT(reads, ElementsAre("last", ""));
}

TEST_F(ReactorWatch, CallsBackOncePerArming) {
  int calls = 0;
  watch = std::make_unique<Reactor::Watch>(
      reactor, pair.near.fd(), [&] { ++calls; }, [] {});
  watch->arm_readable();
  watch->arm_readable();
  reactor.post([this] {
    pair.send("one");
    // Two turns later both are told.
    reactor.post([this] {
      pair.send("two");
      reactor.post([this] { reactor.post([this] { reactor.stop(); }); });
    });
  });
  reactor.run();
  EXPECT_EQ(calls, 1);
}

TEST_F(ReactorWatch, TellsWhatCameWhileNobodyAsked) {
  int calls = 0;
  watch = std::make_unique<Reactor::Watch>(
      reactor, pair.near.fd(),
      [&] {
        ++calls;
        reactor.stop();
      },
      [] {});
  pair.send("early");
  // Armed only after the turn in which the kernel told.
  reactor.post(
      [this] { reactor.post([this] { reactor.post([this] { watch->arm_readable(); }); }); });
  reactor.run();
  EXPECT_EQ(calls, 1);
}

TEST_F(ReactorWatch, TellsEachTimeThatItIsWritable) {
  int calls = 0;
  watch = std::make_unique<Reactor::Watch>(
      reactor, pair.near.fd(), [] {},
      [&] {
        if (++calls == 2) return reactor.stop();
        watch->arm_writable();
      });
  watch->arm_writable();
  reactor.run();
  EXPECT_EQ(calls, 2);
}

TEST_F(ReactorWatch, IsSilentOnceItIsDead) {
  Pair second;
  int calls = 0;
  std::unique_ptr<Reactor::Watch> other;
  // Both are told in one turn; whoever comes first ends the other.
  auto end_both = [&] {
    ++calls;
    watch.reset();
    other.reset();
    reactor.post([this] { reactor.stop(); });
  };
  watch = std::make_unique<Reactor::Watch>(reactor, pair.near.fd(), end_both, [] {});
  other = std::make_unique<Reactor::Watch>(reactor, second.near.fd(), end_both, [] {});
  watch->arm_readable();
  other->arm_readable();
  pair.send("one");
  second.send("two");
  reactor.run();
  EXPECT_EQ(calls, 1);
}

TEST_F(ReactorWatch, ShutsDownWhatCannotBeWatched) {
  // A descriptor is watched once only.
  Reactor::Watch first(
      reactor, pair.near.fd(), [] {}, [] {});
  read_all();
  reactor.run();
  EXPECT_THAT(reads, ElementsAre(""));
  // Its death takes the registration of the first along, which has no further use here.
}

TEST(ReactorAlarm, RingsOnceAtTheTimeSetLast) {
  Reactor reactor;
  int calls = 0;
  Reactor::Alarm alarm(reactor, [&] {
    ++calls;
    reactor.stop();
  });
  alarm.set_after_ms(1'000'000);
  alarm.set_after_ms(1);
  reactor.run();
  EXPECT_EQ(calls, 1);
}

TEST(ReactorAlarm, MayBeSetAnewInItsCallback) {
  Reactor reactor;
  int calls = 0;
  Reactor::Alarm* self = nullptr;
  Reactor::Alarm alarm(reactor, [&] {
    if (++calls == 3) return reactor.stop();
    self->set_after_ms(0);
  });
  self = &alarm;
  alarm.set_after_ms(0);
  reactor.run();
  EXPECT_EQ(calls, 3);
}

TEST(ReactorAlarm, IsSilentOnceItIsDead) {
  Reactor reactor;
  {
    Reactor::Alarm dead(reactor, [] { FAIL() << "The alarm had died."; });
    dead.set_after_ms(0);
  }
  Reactor::Alarm later(reactor, [&] { reactor.stop(); });
  later.set_after_ms(2);
  reactor.run();
}

}  // namespace
}  // namespace odradek::network
