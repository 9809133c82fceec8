#include "base/log_levels.h"

#include <algorithm>
#include <cstdio>
#include <string_view>
#include <utility>

#include "base/log.h"
#include "base/snapshot.h"

namespace odradek::base {
namespace {

google::LogSeverity severity_of(LogLevel level) {
  switch (level) {
    case LogLevel::kTrace:
    case LogLevel::kDebug:
    case LogLevel::kInfo:
      return google::GLOG_INFO;
    case LogLevel::kWarn:
      return google::GLOG_WARNING;
    case LogLevel::kError:
      return google::GLOG_ERROR;
    case LogLevel::kFatal:
      return google::GLOG_FATAL;
  }
  return google::GLOG_INFO;
}

int verbosity_of(LogLevel level) {
  if (level == LogLevel::kTrace) return 2;
  return level == LogLevel::kDebug ? 1 : 0;
}

struct Thresholds {
  google::LogSeverity rest = google::GLOG_INFO;
  std::vector<std::pair<std::string, google::LogSeverity>> folders;  // with '/', longest first

  google::LogSeverity of(std::string_view file) const {
    for (const auto& [folder, severity] : folders) {
      if (file.find(folder) != std::string_view::npos) return severity;
    }
    return rest;
  }
};

// Writes to stderr what glog would write there, but for the lines that are held back.
class HoldingSink : public google::LogSink {
 public:
  void set(Thresholds thresholds) { thresholds_.publish(std::move(thresholds)); }
  void send(google::LogSeverity severity, const char* file, const char* file_name, int line,
            const google::LogMessageTime& time, const char* message, std::size_t size) override {
    if (severity < thresholds_.read()->of(file)) return;
    std::string text = ToString(severity, file_name, line, time, message, size) + "\n";
    std::fwrite(text.data(), 1, text.size(), stderr);
  }

 private:
  Snapshot<Thresholds> thresholds_;
};

// glog knows sinks by their address as long as the process runs.
HoldingSink& holding_sink() {
  static auto* sink = new HoldingSink();
  return *sink;
}

// glog writes to stderr either itself or through the sink.
void write_through_sink(bool through_sink) {
  static bool is_through_sink = false;
  if (through_sink == is_through_sink) return;
  if (through_sink && !FLAGS_logtostderr) return;  // the user wants files: all goes there
  is_through_sink = through_sink;
  if (!through_sink) {
    FLAGS_logtostderr = true;
    google::RemoveLogSink(&holding_sink());
    return;
  }
  for (int severity = 0; severity < google::NUM_SEVERITIES; ++severity) {
    google::SetLogDestination(severity, "");
  }
  FLAGS_stderrthreshold = google::NUM_SEVERITIES;
  google::AddLogSink(&holding_sink());
  FLAGS_logtostderr = false;
}

}  // namespace

void set_log_levels(LogLevel rest, const std::vector<LogPart>& parts) {
  Thresholds thresholds{.rest = severity_of(rest), .folders = {}};
  google::LogSeverity lowest = thresholds.rest;
  google::LogSeverity highest = thresholds.rest;
  for (const LogPart& part : parts) {
    google::LogSeverity severity = severity_of(part.level);
    thresholds.folders.emplace_back(part.folder + "/", severity);
    lowest = std::min(lowest, severity);
    highest = std::max(highest, severity);
    for (const std::string& module : part.modules) {
      google::SetVLOGLevel(module.c_str(), verbosity_of(part.level));
    }
  }
  std::ranges::sort(thresholds.folders, std::ranges::greater(),
                    [](const auto& folder) { return folder.first.size(); });
  holding_sink().set(std::move(thresholds));
  FLAGS_v = verbosity_of(rest);
  FLAGS_minloglevel = lowest;
  write_through_sink(lowest != highest);
}

}  // namespace odradek::base
