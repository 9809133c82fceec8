// What the console producer makes of its input: lines, and records out of lines.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "server/config/properties.h"

namespace odradek::tools {

struct LineRecord {
  std::optional<std::string> key;
  std::optional<std::string> value;
  std::vector<std::pair<std::string, std::optional<std::string>>> headers;
};

// One line to one record, by the properties parse.key, key.separator, parse.headers,
// headers.delimiter, headers.separator, headers.key.separator, ignore.error and null.marker.
class LineParser {
 public:
  // An error when separators that must differ do not.
  static base::Result<LineParser> create(const config::Properties& properties);

  base::Result<LineRecord> parse(std::string_view line);

 private:
  LineParser() = default;
  // The text before the separator, taken off `rest`; nullopt when it is not there and errors are
  // ignored.
  base::Result<std::optional<std::string>> cut(std::string_view line, std::string_view& rest,
                                               const std::string& separator,
                                               const char* separator_name) const;
  base::Status parse_headers(std::string_view text, LineRecord& record) const;
  std::optional<std::string> unless_null(std::string_view text) const;

  bool parse_key_ = false;
  bool parse_headers_ = false;
  bool ignore_error_ = false;
  std::string key_separator_ = "\t";
  std::string headers_delimiter_ = "\t";
  std::string headers_separator_ = ",";
  std::string headers_key_separator_ = ":";
  std::optional<std::string> null_marker_;
  std::int64_t line_number_ = 0;
};

// Splits bytes as they come into lines, which end at \n, \r or \r\n as Java reads them.
class LineSplitter {
 public:
  void add(std::string_view bytes);
  // The next whole line; with `at_end` also what is left without an end. The view lives until the
  // next call of add().
  std::optional<std::string_view> next(bool at_end);

 private:
  std::string buffer_;
  std::size_t begin_ = 0;
  std::size_t searched_ = 0;
  bool skip_newline_ = false;  // the last line ended in \r
};

}  // namespace odradek::tools
