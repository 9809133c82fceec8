#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace odradek::bench {
namespace {

constexpr char kBareSuffix[] = ", bare";
// How much more than the bare library or the kernel something may take, unless it says otherwise.
constexpr double kMostOverBare = 1.1;

// Collects every repetition and prints one row for each benchmark at the end. The shortest
// repetition is what the code costs; the median tells how much others disturbed.
class TableReporter : public benchmark::BenchmarkReporter {
 public:
  bool ReportContext(const Context&) override { return true; }

  void ReportRuns(const std::vector<Run>& runs) override {
    for (const Run& run : runs) {
      if (run.run_type != Run::RT_Iteration) continue;
      Row& row = rows_[run.benchmark_name()];
      if (row.turns_ns.empty()) {
        names_[{run.family_index, run.per_family_instance_index}] = run.benchmark_name();
      }
      row.turns_ns.push_back(run.GetAdjustedCPUTime());
      for (const auto& [name, counter] : run.counters) row.counters[name] = counter.value;
    }
  }

  void Finalize() override {
    std::printf("%-36s %12s %12s %8s %10s %8s  %s\n", "benchmark", "shortest ns", "median ns",
                "heap", "ns/record", "GB/s", "goal");
    for (const auto& [index, name] : names_) print(name);
    std::fflush(stdout);
  }

 private:
  struct Row {
    std::vector<double> turns_ns;
    std::map<std::string, double> counters;

    double shortest_ns() const { return *std::min_element(turns_ns.begin(), turns_ns.end()); }
    double median_ns() const {
      std::vector<double> sorted = turns_ns;
      std::nth_element(sorted.begin(), sorted.begin() + sorted.size() / 2, sorted.end());
      return sorted[sorted.size() / 2];
    }
  };

  // The column of a counter, "-" where the benchmark has none.
  static std::string column(const Row& row, const char* counter, const char* format, double value) {
    if (!row.counters.contains(counter)) return "-";
    char text[32];
    std::snprintf(text, sizeof text, format, value);
    return text;
  }

  void print(const std::string& name) {
    const Row& row = rows_[name];
    double shortest = row.shortest_ns();
    auto counter = [&](const char* key) {
      auto found = row.counters.find(key);
      return found == row.counters.end() ? 0.0 : found->second;
    };
    double per_record = counter("records") > 0 ? shortest / counter("records") : 0;
    double rate = counter("bytes") / shortest;
    std::printf("%-36s %12.1f %12.1f %8s %10s %8s  %s\n", name.c_str(), shortest, row.median_ns(),
                column(row, "allocations", "%.1f", counter("allocations")).c_str(),
                column(row, "records", "%.2f", per_record).c_str(),
                column(row, "bytes", "%.1f", rate).c_str(), goal(name).c_str());
  }

  // "what, bare/64" for "what/64".
  static std::string bare_name(const std::string& name) {
    std::size_t end = std::min(name.find('/'), name.size());
    return name.substr(0, end) + kBareSuffix + name.substr(end);
  }

  std::string goal(const std::string& name) {
    const Row& row = rows_[name];
    double most_ns = 0;
    std::string what;
    if (auto bare = rows_.find(bare_name(name)); bare != rows_.end()) {
      double ratio = row.shortest_ns() / bare->second.shortest_ns();
      auto own_most = row.counters.find("most_over_bare");
      double most = own_most == row.counters.end() ? kMostOverBare : own_most->second;
      most_ns = bare->second.shortest_ns() * most;
      char text[64];
      std::snprintf(text, sizeof text, "%.2f of %.2f times the bare one: ", ratio, most);
      what = text;
    } else if (auto own = row.counters.find("goal_ns"); own != row.counters.end()) {
      most_ns = own->second;
      char text[64];
      std::snprintf(text, sizeof text, "<= %.0f ns: ", most_ns);
      what = text;
    } else {
      return "";
    }
    return what + (row.shortest_ns() <= most_ns ? "met" : "NOT MET");
  }

  std::map<std::pair<std::int64_t, std::int64_t>, std::string> names_;  // in the order of the files
  std::map<std::string, Row> rows_;
};

}  // namespace
}  // namespace odradek::bench

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  odradek::bench::TableReporter reporter;
  benchmark::RunSpecifiedBenchmarks(&reporter);
  return 0;
}
