// MetricRegistry: every metric of the process under its MBean name, with what reads them all.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "base/metrics/counter.h"
#include "base/metrics/histogram.h"
#include "base/metrics/meter.h"
#include "base/mutex.h"

namespace odradek::base {

// As Kafka names its MBeans: {"kafka.server", "BrokerTopicMetrics", "BytesInPerSec", {{"topic",
// "t"}}} is kafka.server:type=BrokerTopicMetrics,name=BytesInPerSec,topic=t. Tags keep their order.
struct MetricName {
  std::string group;
  std::string type;
  std::string name;
  std::vector<std::pair<std::string, std::string>> tags = {};

  std::string to_string() const;
  auto operator<=>(const MetricName&) const = default;
};

// Events with durations, shown as Kafka's timers: rates and percentiles of one thing.
class Timer {
 public:
  explicit Timer(std::int64_t now_monotonic_ms, double scale)
      : meter_(now_monotonic_ms), histogram_(now_monotonic_ms, scale) {}
  // In microseconds; shown as milliseconds by MetricRegistry::timer.
  void record_us(std::int64_t duration_us) {
    meter_.mark();
    histogram_.record(duration_us);
  }
  Meter& meter() { return meter_; }
  Histogram& histogram() { return histogram_; }

 private:
  Meter meter_;
  Histogram histogram_;
};

enum class MetricType : std::uint8_t { kCounter, kGauge, kTextGauge, kMeter, kHistogram, kTimer };

// One metric's present values: attribute names as JMX shows them (Value, Count, OneMinuteRate,
// 99thPercentile ...).
struct MetricReading {
  MetricName name;
  MetricType type = MetricType::kGauge;
  std::vector<std::pair<std::string_view, double>> attributes;
  std::string text;  // of a text gauge
  std::string help;
};

// Safe from any thread. Metrics are shared: one that was removed may still be recorded to, it is
// only not listed. A second request for a name gives the same metric; for a name of another type it
// is a CHECK failure.
class MetricRegistry {
 public:
  // Removes the gauge when destroyed, and waits while it is being read; so a gauge never outlives
  // what it reads.
  class [[nodiscard]] GaugeHandle {
   public:
    GaugeHandle() = default;
    ~GaugeHandle() { reset(); }
    GaugeHandle(GaugeHandle&& other) noexcept;
    GaugeHandle& operator=(GaugeHandle&& other) noexcept;
    GaugeHandle(const GaugeHandle&) = delete;
    GaugeHandle& operator=(const GaugeHandle&) = delete;
    void reset();

   private:
    friend class MetricRegistry;
    GaugeHandle(MetricRegistry& registry, MetricName name, std::uint64_t id)
        : registry_(&registry), name_(std::move(name)), id_(id) {}
    MetricRegistry* registry_ = nullptr;
    MetricName name_;
    std::uint64_t id_ = 0;
  };

  explicit MetricRegistry(const Clock& clock = Clock::system()) : clock_(clock) {}

  std::shared_ptr<Counter> counter(const MetricName& name, std::string_view help = {});
  std::shared_ptr<Meter> meter(const MetricName& name, std::string_view help = {});
  // Shown values are recorded ones times `scale`.
  std::shared_ptr<Histogram> histogram(const MetricName& name, std::string_view help = {},
                                       double scale = 1.0);
  std::shared_ptr<Timer> timer(const MetricName& name, std::string_view help = {});
  // `read` runs under the registry's lock of gauges: it must be quick and must not make or drop
  // gauges; nor may a handle be dropped under a lock that its `read` takes. A later gauge of the
  // same name replaces the former.
  GaugeHandle gauge(const MetricName& name, std::function<double()> read,
                    std::string_view help = {});
  GaugeHandle text_gauge(const MetricName& name, std::function<std::string()> read,
                         std::string_view help = {});
  void remove(const MetricName& name);
  // All whose tags hold key=value, e.g. those of a deleted topic.
  void remove_tagged(std::string_view key, std::string_view value);

  // Every metric's present values, in the order of names.
  std::vector<MetricReading> read_all();
  // Ages the decaying rates; to be called each Meter::kTickMs by a periodic task.
  void tick();
  std::size_t size() const;

 private:
  using Kept = std::variant<std::shared_ptr<Counter>, std::shared_ptr<Meter>,
                            std::shared_ptr<Histogram>, std::shared_ptr<Timer>>;
  struct Entry {
    Kept metric;
    std::string help;
  };
  struct Gauge {
    std::variant<std::function<double()>, std::function<std::string()>> read;
    std::string help;
    std::uint64_t id = 0;
  };

  template <class Metric, class Make>
  std::shared_ptr<Metric> find_or_add(const MetricName& name, std::string_view help, Make make)
      EXCLUDES(mutex_);
  GaugeHandle add_gauge(const MetricName& name, Gauge gauge) EXCLUDES(gauges_mutex_);
  void remove_gauge(const MetricName& name, std::uint64_t id) EXCLUDES(gauges_mutex_);

  const Clock& clock_;
  // Two locks, never held together: gauges take their components' locks, and components make
  // metrics under theirs.
  mutable Mutex mutex_;
  std::map<MetricName, Entry> entries_ GUARDED_BY(mutex_);
  mutable Mutex gauges_mutex_;
  std::map<MetricName, Gauge> gauges_ GUARDED_BY(gauges_mutex_);
  std::uint64_t next_gauge_id_ GUARDED_BY(gauges_mutex_) = 1;
};

}  // namespace odradek::base
