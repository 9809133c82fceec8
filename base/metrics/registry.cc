#include "base/metrics/registry.h"

#include <algorithm>
#include <utility>

#include "base/log.h"

namespace odradek::base {
namespace {

constexpr double kMillisecondsPerMicrosecond = 0.001;

using Attributes = std::vector<std::pair<std::string_view, double>>;

void add_meter(Meter& meter, std::int64_t now_ms, Attributes& attributes) {
  MeterRates rates = meter.rates(now_ms);
  attributes.emplace_back("Count", static_cast<double>(rates.count));
  attributes.emplace_back("MeanRate", rates.mean);
  attributes.emplace_back("OneMinuteRate", rates.one_minute);
  attributes.emplace_back("FiveMinuteRate", rates.five_minutes);
  attributes.emplace_back("FifteenMinuteRate", rates.fifteen_minutes);
}

void add_histogram(const HistogramReading& values, Attributes& attributes) {
  attributes.emplace_back("Min", values.min);
  attributes.emplace_back("Max", values.max);
  attributes.emplace_back("Mean", values.mean);
  attributes.emplace_back("StdDev", values.standard_deviation);
  attributes.emplace_back("50thPercentile", values.p50);
  attributes.emplace_back("75thPercentile", values.p75);
  attributes.emplace_back("95thPercentile", values.p95);
  attributes.emplace_back("98thPercentile", values.p98);
  attributes.emplace_back("99thPercentile", values.p99);
  attributes.emplace_back("999thPercentile", values.p999);
}

struct Reader {
  std::int64_t now_ms;
  MetricReading& reading;

  void operator()(const std::shared_ptr<Counter>& counter) {
    reading.type = MetricType::kCounter;
    reading.attributes.emplace_back("Count", static_cast<double>(counter->count()));
  }
  void operator()(const std::shared_ptr<Meter>& meter) {
    reading.type = MetricType::kMeter;
    add_meter(*meter, now_ms, reading.attributes);
  }
  void operator()(const std::shared_ptr<Histogram>& histogram) {
    reading.type = MetricType::kHistogram;
    histogram->tick(now_ms);
    HistogramReading values = histogram->read();
    reading.attributes.emplace_back("Count", static_cast<double>(values.count));
    add_histogram(values, reading.attributes);
  }
  void operator()(const std::shared_ptr<Timer>& timer) {
    reading.type = MetricType::kTimer;
    add_meter(timer->meter(), now_ms, reading.attributes);
    timer->histogram().tick(now_ms);
    add_histogram(timer->histogram().read(), reading.attributes);
  }
  void operator()(const std::function<double()>& gauge) {
    reading.type = MetricType::kGauge;
    reading.attributes.emplace_back("Value", gauge());
  }
  void operator()(const std::function<std::string()>& gauge) {
    reading.type = MetricType::kTextGauge;
    reading.text = gauge();
  }
};

struct Ticker {
  std::int64_t now_ms;

  void operator()(const std::shared_ptr<Counter>&) {}
  void operator()(const std::shared_ptr<Meter>& meter) { meter->tick(now_ms); }
  void operator()(const std::shared_ptr<Histogram>& histogram) { histogram->tick(now_ms); }
  void operator()(const std::shared_ptr<Timer>& timer) {
    timer->meter().tick(now_ms);
    timer->histogram().tick(now_ms);
  }
};

bool has_tag(const MetricName& name, std::string_view key, std::string_view value) {
  return std::any_of(name.tags.begin(), name.tags.end(),
                     [&](const auto& tag) { return tag.first == key && tag.second == value; });
}

}  // namespace

std::string MetricName::to_string() const {
  std::string text = group + ":type=" + type;
  if (!name.empty()) text += ",name=" + name;
  for (const auto& [key, value] : tags) text.append(",").append(key).append("=").append(value);
  return text;
}

MetricRegistry::GaugeHandle::GaugeHandle(GaugeHandle&& other) noexcept
    : registry_(std::exchange(other.registry_, nullptr)),
      name_(std::move(other.name_)),
      id_(other.id_) {}

MetricRegistry::GaugeHandle& MetricRegistry::GaugeHandle::operator=(GaugeHandle&& other) noexcept {
  if (this == &other) return *this;
  reset();
  registry_ = std::exchange(other.registry_, nullptr);
  name_ = std::move(other.name_);
  id_ = other.id_;
  return *this;
}

void MetricRegistry::GaugeHandle::reset() {
  if (registry_ != nullptr) std::exchange(registry_, nullptr)->remove_gauge(name_, id_);
}

template <class Metric, class Make>
std::shared_ptr<Metric> MetricRegistry::find_or_add(const MetricName& name, std::string_view help,
                                                    Make make) {
  MutexLock lock(mutex_);
  auto found = entries_.find(name);
  if (found == entries_.end()) {
    std::shared_ptr<Metric> metric = make();
    entries_.emplace(name, Entry{.metric = metric, .help = std::string(help)});
    return metric;
  }
  auto* metric = std::get_if<std::shared_ptr<Metric>>(&found->second.metric);
  CHECK(metric != nullptr) << name.to_string() << " is registered as a metric of another type.";
  return *metric;
}

MetricRegistry::GaugeHandle MetricRegistry::add_gauge(const MetricName& name, Gauge gauge) {
  MutexLock lock(gauges_mutex_);
  gauge.id = next_gauge_id_++;
  GaugeHandle handle(*this, name, gauge.id);
  gauges_.insert_or_assign(name, std::move(gauge));
  return handle;
}

std::shared_ptr<Counter> MetricRegistry::counter(const MetricName& name, std::string_view help) {
  return find_or_add<Counter>(name, help, [] { return std::make_shared<Counter>(); });
}

std::shared_ptr<Meter> MetricRegistry::meter(const MetricName& name, std::string_view help) {
  return find_or_add<Meter>(name, help,
                            [&] { return std::make_shared<Meter>(clock_.monotonic_ms()); });
}

std::shared_ptr<Histogram> MetricRegistry::histogram(const MetricName& name, std::string_view help,
                                                     double scale) {
  return find_or_add<Histogram>(
      name, help, [&] { return std::make_shared<Histogram>(clock_.monotonic_ms(), scale); });
}

std::shared_ptr<Timer> MetricRegistry::timer(const MetricName& name, std::string_view help) {
  return find_or_add<Timer>(name, help, [&] {
    return std::make_shared<Timer>(clock_.monotonic_ms(), kMillisecondsPerMicrosecond);
  });
}

MetricRegistry::GaugeHandle MetricRegistry::gauge(const MetricName& name,
                                                  std::function<double()> read,
                                                  std::string_view help) {
  return add_gauge(name, Gauge{.read = std::move(read), .help = std::string(help)});
}

MetricRegistry::GaugeHandle MetricRegistry::text_gauge(const MetricName& name,
                                                       std::function<std::string()> read,
                                                       std::string_view help) {
  return add_gauge(name, Gauge{.read = std::move(read), .help = std::string(help)});
}

void MetricRegistry::remove(const MetricName& name) {
  {
    MutexLock lock(mutex_);
    entries_.erase(name);
  }
  MutexLock lock(gauges_mutex_);
  gauges_.erase(name);
}

void MetricRegistry::remove_gauge(const MetricName& name, std::uint64_t id) {
  MutexLock lock(gauges_mutex_);
  auto found = gauges_.find(name);
  if (found != gauges_.end() && found->second.id == id) gauges_.erase(found);
}

void MetricRegistry::remove_tagged(std::string_view key, std::string_view value) {
  {
    MutexLock lock(mutex_);
    std::erase_if(entries_, [&](const auto& item) { return has_tag(item.first, key, value); });
  }
  MutexLock lock(gauges_mutex_);
  std::erase_if(gauges_, [&](const auto& item) { return has_tag(item.first, key, value); });
}

std::vector<MetricReading> MetricRegistry::read_all() {
  std::int64_t now_ms = clock_.monotonic_ms();
  std::map<MetricName, Entry> entries;
  {
    MutexLock lock(mutex_);
    entries = entries_;
  }
  std::vector<MetricReading> readings;
  readings.reserve(entries.size());
  for (const auto& [name, entry] : entries) {
    MetricReading& reading = readings.emplace_back();
    reading.name = name;
    reading.help = entry.help;
    std::visit(Reader{now_ms, reading}, entry.metric);
  }
  {
    MutexLock lock(gauges_mutex_);
    for (const auto& [name, gauge] : gauges_) {
      MetricReading& reading = readings.emplace_back();
      reading.name = name;
      reading.help = gauge.help;
      std::visit(Reader{now_ms, reading}, gauge.read);
    }
  }
  std::sort(readings.begin(), readings.end(),
            [](const auto& left, const auto& right) { return left.name < right.name; });
  return readings;
}

void MetricRegistry::tick() {
  std::int64_t now_ms = clock_.monotonic_ms();
  MutexLock lock(mutex_);
  for (auto& [name, entry] : entries_) std::visit(Ticker{now_ms}, entry.metric);
}

std::size_t MetricRegistry::size() const {
  std::size_t kept = 0;
  {
    MutexLock lock(mutex_);
    kept = entries_.size();
  }
  MutexLock lock(gauges_mutex_);
  return kept + gauges_.size();
}

}  // namespace odradek::base
