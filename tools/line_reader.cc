#include "tools/line_reader.h"

#include "base/text.h"

namespace odradek::tools {
namespace {

bool is_true(const config::Properties& properties, std::string_view key) {
  auto found = properties.find(key);
  return found != properties.end() && base::equals_ignoring_case(base::trim(found->second), "true");
}

void take(const config::Properties& properties, std::string_view key, std::string& into) {
  auto found = properties.find(key);
  if (found != properties.end()) into = found->second;
}

}  // namespace

base::Result<LineParser> LineParser::create(const config::Properties& properties) {
  LineParser parser;
  parser.parse_key_ = is_true(properties, "parse.key");
  parser.parse_headers_ = is_true(properties, "parse.headers");
  parser.ignore_error_ = is_true(properties, "ignore.error");
  take(properties, "key.separator", parser.key_separator_);
  take(properties, "headers.delimiter", parser.headers_delimiter_);
  take(properties, "headers.separator", parser.headers_separator_);
  take(properties, "headers.key.separator", parser.headers_key_separator_);
  auto marker = properties.find("null.marker");
  if (marker != properties.end()) parser.null_marker_ = marker->second;

  struct Separator {
    const char* name;
    const std::string& text;
  };
  const Separator separators[] = {{"headers.delimiter", parser.headers_delimiter_},
                                  {"headers.separator", parser.headers_separator_},
                                  {"headers.key.separator", parser.headers_key_separator_},
                                  {"key.separator", parser.key_separator_}};
  constexpr std::size_t kHeaderSeparators = 3;  // the key's may be the same as theirs
  auto equal = [](const std::string& left, const std::string& right) {
    return base::Error(left + " and " + right + " may not be equal");
  };
  for (std::size_t i = 0; i < kHeaderSeparators; ++i) {
    for (std::size_t j = i + 1; j < kHeaderSeparators; ++j) {
      if (separators[i].text == separators[j].text) {
        return equal(separators[i].name, separators[j].name);
      }
    }
  }
  for (const Separator& separator : separators) {
    if (parser.null_marker_ == separator.text) return equal("null.marker", separator.name);
  }
  return parser;
}

std::optional<std::string> LineParser::unless_null(std::string_view text) const {
  if (null_marker_ && text == *null_marker_) return std::nullopt;
  return std::string(text);
}

base::Result<std::optional<std::string>> LineParser::cut(std::string_view line,
                                                         std::string_view& rest,
                                                         const std::string& separator,
                                                         const char* separator_name) const {
  std::size_t at = rest.find(separator);
  if (at != std::string_view::npos) {
    std::string text(rest.substr(0, at));
    rest.remove_prefix(at + separator.size());
    return std::optional<std::string>(std::move(text));
  }
  if (ignore_error_) return std::optional<std::string>();
  return base::Error(std::string("No ") + separator_name + " found on line number " +
                     std::to_string(line_number_) + ": '" + std::string(line) + "'");
}

base::Status LineParser::parse_headers(std::string_view text, LineRecord& record) const {
  while (!text.empty()) {
    std::size_t end = text.find(headers_separator_);
    std::string_view pair = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view()
                                         : text.substr(end + headers_separator_.size());
    std::size_t at = pair.find(headers_key_separator_);
    if (at == std::string_view::npos) {
      if (!ignore_error_) {
        return base::Error("No header key separator found in pair '" + std::string(pair) +
                           "' on line number " + std::to_string(line_number_));
      }
      record.headers.emplace_back(pair, std::nullopt);
      continue;
    }
    auto key = unless_null(pair.substr(0, at));
    if (!key) {
      return base::Error("Header keys should not be equal to the null marker '" + *null_marker_ +
                         "' as they can't be null");
    }
    record.headers.emplace_back(*key, unless_null(pair.substr(at + headers_key_separator_.size())));
  }
  return {};
}

base::Result<LineRecord> LineParser::parse(std::string_view line) {
  ++line_number_;
  LineRecord record;
  std::string_view rest = line;
  if (parse_headers_) {
    auto headers = cut(line, rest, headers_delimiter_, "headers delimiter");
    if (!headers) return headers.error();
    if (*headers && unless_null(**headers)) {
      if (base::Status parsed = parse_headers(**headers, record); !parsed) return parsed.error();
    }
  }
  if (parse_key_) {
    auto key = cut(line, rest, key_separator_, "key separator");
    if (!key) return key.error();
    if (*key) record.key = unless_null(**key);
  }
  record.value = unless_null(rest);
  return record;
}

void LineSplitter::add(std::string_view bytes) {
  buffer_.erase(0, begin_);
  searched_ -= begin_;
  begin_ = 0;
  buffer_ += bytes;
}

std::optional<std::string_view> LineSplitter::next(bool at_end) {
  if (skip_newline_ && begin_ < buffer_.size()) {
    if (buffer_[begin_] == '\n') ++begin_;
    skip_newline_ = false;
    searched_ = std::max(searched_, begin_);
  }
  std::size_t end = buffer_.find_first_of("\r\n", searched_);
  if (end == std::string::npos) {
    searched_ = buffer_.size();
    if (!at_end || begin_ == buffer_.size()) return std::nullopt;
    end = buffer_.size();
  }
  std::string_view line = std::string_view(buffer_).substr(begin_, end - begin_);
  begin_ = end;
  if (end < buffer_.size()) {
    skip_newline_ = buffer_[end] == '\r';
    ++begin_;
  }
  searched_ = begin_;
  return line;
}

}  // namespace odradek::tools
