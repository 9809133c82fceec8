#include "server/log/checkpoint_file.h"

#include <charconv>
#include <optional>
#include <string_view>
#include <utility>

#include "base/file.h"

namespace odradek::log {

namespace {

constexpr std::size_t kMaxFileBytes = 256 << 20;

template <class T>
std::optional<T> parse_number(std::string_view text) {
  T value{};
  auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size()) return std::nullopt;
  return value;
}

std::vector<std::string> split_lines(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    lines.emplace_back(line);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return lines;
}

std::string join_lines(const std::vector<std::string>& lines) {
  std::string text = "0\n" + std::to_string(lines.size()) + "\n";
  for (const std::string& line : lines) {
    text += line;
    text += '\n';
  }
  return text;
}

}  // namespace

base::Result<std::vector<std::string>> read_checkpoint_lines(const std::string& path) {
  auto text = base::read_file_if_any(path, kMaxFileBytes);
  if (!text.ok()) return text.error();
  std::vector<std::string> lines;
  if (*text) lines = split_lines(**text);
  if (lines.empty()) return lines;  // the JVM makes files before it has anything to write
  if (lines[0] != "0") {
    return base::Error(path + ": version is \"" + lines[0] + "\", known is 0");
  }
  auto count = lines.size() < 2 ? std::nullopt : parse_number<std::int64_t>(lines[1]);
  if (!count || *count != static_cast<std::int64_t>(lines.size()) - 2) {
    return base::Error(path + ": line 2 does not hold the number of lines that follow");
  }
  lines.erase(lines.begin(), lines.begin() + 2);
  return lines;
}

base::Status write_checkpoint_lines(const std::string& path,
                                    const std::vector<std::string>& lines) {
  return base::write_file_atomically(path, join_lines(lines));
}

base::Status write_checkpoint_lines_unsynced(const std::string& path,
                                             const std::vector<std::string>& lines) {
  return replace_file_unsynced(path, join_lines(lines));
}

base::Status replace_file_unsynced(const std::string& path, std::string_view content) {
  std::string temporary = path + ".tmp";
  auto file = base::File::open(temporary, base::File::Mode::kTruncate);
  if (!file.ok()) return file.error();
  base::Status written = file->write_at(base::as_bytes(content), 0);
  if (!written.ok()) return written;
  return base::rename_path(temporary, path);
}

base::Result<OffsetCheckpoint> read_offset_checkpoint(const std::string& path) {
  auto lines = read_checkpoint_lines(path);
  if (!lines.ok()) return lines.error();
  OffsetCheckpoint offsets;
  for (const std::string& line : *lines) {
    std::size_t last = line.rfind(' ');
    std::size_t middle =
        last == std::string::npos || last == 0 ? std::string::npos : line.rfind(' ', last - 1);
    if (middle == std::string::npos) {
      return base::Error(path + ": malformed line \"" + line + "\"");
    }
    std::string_view view(line);
    auto partition = parse_number<std::int32_t>(view.substr(middle + 1, last - middle - 1));
    auto offset = parse_number<std::int64_t>(view.substr(last + 1));
    if (!partition || !offset) return base::Error(path + ": malformed line \"" + line + "\"");
    offsets[{line.substr(0, middle), *partition}] = *offset;
  }
  return offsets;
}

base::Status write_offset_checkpoint(const std::string& path, const OffsetCheckpoint& offsets) {
  std::vector<std::string> lines;
  lines.reserve(offsets.size());
  for (const auto& [partition, offset] : offsets) {
    lines.push_back(partition.topic + " " + std::to_string(partition.partition) + " " +
                    std::to_string(offset));
  }
  return write_checkpoint_lines(path, lines);
}

}  // namespace odradek::log
