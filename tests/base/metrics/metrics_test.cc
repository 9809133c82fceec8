#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/metrics/counter.h"
#include "base/metrics/histogram.h"
#include "base/metrics/meter.h"
#include "base/metrics/registry.h"
#include "base/random.h"
#include "base/thread.h"

namespace odradek::base {
namespace {

TEST(Counter, AddsUpWhatManyThreadsAdd) {
  Counter counter;
  {
    std::vector<Thread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back("adder", [&] {
        for (int j = 0; j < 10'000; ++j) counter.add();
      });
    }
  }
  counter.add(-1);
  EXPECT_EQ(counter.count(), 39'999);
}

TEST(Meter, TakesItsFirstIntervalAsTheRate) {
  Meter meter(0);
  meter.mark(100);
  EXPECT_EQ(meter.rates(4'999).one_minute, 0.0);
  auto rates = meter.rates(5'000);
  EXPECT_DOUBLE_EQ(rates.one_minute, 20.0);
  EXPECT_DOUBLE_EQ(rates.fifteen_minutes, 20.0);
  EXPECT_DOUBLE_EQ(rates.mean, 20.0);
  EXPECT_EQ(rates.count, 100);
}

TEST(Meter, ForgetsBySharesOfItsTimeConstant) {
  Meter meter(0);
  meter.mark(300);
  meter.tick(5'000);
  // One minute of silence leaves 1/e of the one-minute rate.
  auto rates = meter.rates(65'000);
  EXPECT_NEAR(rates.one_minute, 60.0 / 2.718281828, 1e-6);
  EXPECT_NEAR(rates.five_minutes, 60.0 * std::exp(-0.2), 1e-6);
  EXPECT_NEAR(meter.rates(100'000'000).one_minute, 0.0, 1e-9);
  EXPECT_EQ(meter.count(), 300);
}

TEST(Meter, SettlesAtASteadyRate) {
  Meter meter(0);
  for (int i = 1; i <= 2'000; ++i) {
    meter.mark(i < 1'000 ? 50 : 500);
    meter.tick(i * 5'000);
  }
  EXPECT_NEAR(meter.rates(10'000'000).fifteen_minutes, 100.0, 1.0);
}

TEST(Histogram, PutsEachValueIntoTheBucketThatHoldsIt) {
  for (std::size_t bucket = 0; bucket + 1 < Histogram::kBuckets; ++bucket) {
    std::int64_t start = Histogram::bucket_start(bucket);
    std::int64_t end = Histogram::bucket_start(bucket + 1);
    ASSERT_LT(start, end);
    ASSERT_EQ(Histogram::bucket_of(start), bucket);
    ASSERT_EQ(Histogram::bucket_of(end - 1), bucket);
  }
  EXPECT_EQ(Histogram::bucket_of(-1), 0U);
  EXPECT_EQ(Histogram::bucket_of(std::numeric_limits<std::int64_t>::max()),
            Histogram::kBuckets - 1);
}

TEST(Histogram, GivesPercentilesWithinItsPrecision) {
  Histogram histogram;
  Random random(1);
  std::vector<std::int64_t> values;
  for (int i = 0; i < 20'000; ++i) {
    values.push_back(static_cast<std::int64_t>(std::exp(random.fraction() * 15)));
    histogram.record(values.back());
  }
  std::sort(values.begin(), values.end());
  auto reading = histogram.read();
  auto exact = [&](double fraction) {
    return static_cast<double>(values[static_cast<std::size_t>(fraction * 20'000) - 1]);
  };
  EXPECT_NEAR(reading.p50, exact(0.5), exact(0.5) * 0.032);
  EXPECT_NEAR(reading.p95, exact(0.95), exact(0.95) * 0.032);
  EXPECT_NEAR(reading.p99, exact(0.99), exact(0.99) * 0.032);
  EXPECT_NEAR(reading.p999, exact(0.999), exact(0.999) * 0.032);
  EXPECT_EQ(reading.count, 20'000);
  EXPECT_EQ(reading.min, static_cast<double>(values.front()));
  EXPECT_EQ(reading.max, static_cast<double>(values.back()));
}

TEST(Histogram, ScalesWhatItShows) {
  Histogram histogram(0, 0.001);
  EXPECT_EQ(histogram.read().count, 0);
  histogram.record(1'500);
  auto reading = histogram.read();
  EXPECT_DOUBLE_EQ(reading.max, 1.5);
  EXPECT_DOUBLE_EQ(reading.p50, 1.5);
  EXPECT_DOUBLE_EQ(reading.mean, 1.5);
}

TEST(Histogram, ForgetsOldValuesInItsPercentilesOnly) {
  constexpr std::int64_t kWindowMs = Histogram::kWindowMs;
  Histogram histogram(0);
  for (int i = 0; i < 100; ++i) histogram.record(1'000);
  histogram.tick(kWindowMs);
  for (int i = 0; i < 100; ++i) histogram.record(10);
  EXPECT_NEAR(histogram.read().p99, 1'000, 32);
  histogram.tick(2 * kWindowMs);
  EXPECT_EQ(histogram.read().p99, 10);
  EXPECT_EQ(histogram.read().max, 1'000);
  EXPECT_EQ(histogram.read().count, 200);
  histogram.tick(10 * kWindowMs);
  EXPECT_EQ(histogram.read().p99, 0);
}

TEST(Histogram, CountsEveryValueOfManyThreads) {
  Histogram histogram;
  {
    std::vector<Thread> threads;
    for (int i = 0; i < 6; ++i) {
      threads.emplace_back("recorder", [&, i] {
        for (int j = 0; j < 5'000; ++j) histogram.record(i * 1'000 + j % 10);
      });
    }
  }
  EXPECT_EQ(histogram.count(), 30'000);
  EXPECT_EQ(histogram.read().min, 0);
  EXPECT_EQ(histogram.read().max, 5'009);
}

std::map<std::string, MetricReading> by_name(MetricRegistry& registry) {
  std::map<std::string, MetricReading> readings;
  for (auto& reading : registry.read_all()) readings[reading.name.to_string()] = reading;
  return readings;
}

double attribute(const MetricReading& reading, std::string_view wanted) {
  for (auto [name, value] : reading.attributes) {
    if (name == wanted) return value;
  }
  ADD_FAILURE() << reading.name.to_string() << " has no " << wanted;
  return -1;
}

TEST(MetricRegistry, ShowsEveryKindUnderItsMBeanName) {
  ManualClock clock;
  MetricRegistry registry(clock);
  auto meter = registry.meter(
      {"kafka.server", "BrokerTopicMetrics", "BytesInPerSec", {{"topic", "t"}}}, "Bytes produced.");
  auto timer = registry.timer({"kafka.log", "LogFlushStats", "LogFlushRateAndTimeMs"});
  auto sizes = registry.histogram({"kafka.network", "RequestMetrics", "RequestBytes"});
  auto counter = registry.counter({"kafka.server", "x", "y"});
  auto gauge =
      registry.gauge({"kafka.server", "ReplicaManager", "LeaderCount"}, [] { return 7.0; });
  auto text =
      registry.text_gauge({"kafka.server", "KafkaServer", "ClusterId"}, [] { return "abc"; });
  meter->mark(10);
  timer->record_us(2'000);
  sizes->record(5);
  counter->add(3);
  clock.advance_ms(5'000);
  auto readings = by_name(registry);
  ASSERT_EQ(readings.size(), 6U);
  auto& bytes_in = readings["kafka.server:type=BrokerTopicMetrics,name=BytesInPerSec,topic=t"];
  EXPECT_EQ(attribute(bytes_in, "Count"), 10);
  EXPECT_DOUBLE_EQ(attribute(bytes_in, "OneMinuteRate"), 2.0);
  EXPECT_EQ(bytes_in.help, "Bytes produced.");
  auto& flush = readings["kafka.log:type=LogFlushStats,name=LogFlushRateAndTimeMs"];
  EXPECT_EQ(attribute(flush, "Count"), 1);
  EXPECT_DOUBLE_EQ(attribute(flush, "99thPercentile"), 2.0);
  EXPECT_EQ(attribute(readings["kafka.network:type=RequestMetrics,name=RequestBytes"], "Mean"), 5);
  EXPECT_EQ(attribute(readings["kafka.server:type=x,name=y"], "Count"), 3);
  EXPECT_EQ(attribute(readings["kafka.server:type=ReplicaManager,name=LeaderCount"], "Value"), 7);
  EXPECT_EQ(readings["kafka.server:type=KafkaServer,name=ClusterId"].text, "abc");
}

TEST(MetricRegistry, GivesTheSameMetricForTheSameName) {
  MetricRegistry registry;
  MetricName name{"g", "t", "n"};
  EXPECT_EQ(registry.meter(name), registry.meter(name));
  EXPECT_EQ(registry.size(), 1U);
  EXPECT_DEATH(registry.counter(name), "another type");
}

TEST(MetricRegistry, ForgetsTheMetricsOfATag) {
  MetricRegistry registry;
  auto kept = registry.meter({"g", "t", "n", {{"topic", "a"}}});
  auto gone = registry.meter({"g", "t", "n", {{"topic", "b"}}});
  auto gauge =
      registry.gauge({"g", "t", "m", {{"topic", "b"}, {"partition", "0"}}}, [] { return 1.0; });
  registry.remove_tagged("topic", "b");
  EXPECT_EQ(registry.size(), 1U);
  gone->mark();
  EXPECT_EQ(registry.meter({"g", "t", "n", {{"topic", "b"}}})->count(), 0);
  registry.remove({"g", "t", "n", {{"topic", "a"}}});
  EXPECT_EQ(registry.size(), 1U);
}

TEST(MetricRegistry, DropsAGaugeWithItsHandleOnlyWhenItIsStillItsOwn) {
  MetricRegistry registry;
  MetricName name{"g", "t", "n"};
  auto first = registry.gauge(name, [] { return 1.0; });
  auto second = registry.gauge(name, [] { return 2.0; });
  first.reset();
  ASSERT_EQ(registry.size(), 1U);
  EXPECT_EQ(attribute(registry.read_all()[0], "Value"), 2.0);
  MetricRegistry::GaugeHandle moved = std::move(second);
  second.reset();  // NOLINT(bugprone-use-after-move): that it holds nothing is the point
  EXPECT_EQ(registry.size(), 1U);
  moved.reset();
  EXPECT_EQ(registry.size(), 0U);
}

TEST(MetricRegistry, AgesMetersAtEachTick) {
  ManualClock clock;
  MetricRegistry registry(clock);
  auto meter = registry.meter({"g", "t", "n"});
  meter->mark(50);
  clock.advance_ms(5'000);
  registry.tick();
  clock.advance_ms(5'000);
  registry.tick();
  EXPECT_LT(meter->rates(clock.monotonic_ms()).one_minute, 10.0);
  EXPECT_GT(meter->rates(clock.monotonic_ms()).one_minute, 9.0);
}

}  // namespace
}  // namespace odradek::base
