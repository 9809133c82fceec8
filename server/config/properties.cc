#include "server/config/properties.h"

#include <algorithm>
#include <cstdint>
#include <cstdio>

#include "base/bytes.h"
#include "base/file.h"
#include "protocol/wire/utf8.h"

namespace odradek::config {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\f'; }
bool ends_line(char c) { return c == '\n' || c == '\r'; }

void append_utf8(std::string& out, std::uint32_t point) {
  auto tail = [&](int shift) {
    out.push_back(static_cast<char>(0x80 | ((point >> shift) & 0x3f)));
  };
  if (point < 0x80) {
    out.push_back(static_cast<char>(point));
  } else if (point < 0x800) {
    out.push_back(static_cast<char>(0xc0 | (point >> 6)));
    tail(0);
  } else if (point < 0x10000) {
    out.push_back(static_cast<char>(0xe0 | (point >> 12)));
    tail(6);
    tail(0);
  } else {
    out.push_back(static_cast<char>(0xf0 | (point >> 18)));
    tail(12);
    tail(6);
    tail(0);
  }
}

// How many bytes the UTF-8 character at `at` has; 1 when the bytes there are none.
std::size_t utf8_length(std::string_view text, std::size_t at) {
  auto lead = static_cast<unsigned char>(text[at]);
  std::size_t length = lead < 0xc0 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  return protocol::is_utf8(base::as_bytes(text.substr(at, length))) ? length : 1;
}

// The next line with its continuations joined; escapes stay for later. Comment and empty lines are
// skipped. False at the end of the text.
class LogicalLines {
 public:
  explicit LogicalLines(std::string_view text) : text_(text) {}

  bool next(std::string& line) {
    line.clear();
    while (at_ < text_.size()) {
      skip_blanks();
      if (at_ == text_.size()) return false;
      if (ends_line(text_[at_])) {
        ++at_;
      } else if (text_[at_] == '#' || text_[at_] == '!') {
        skip_line();
      } else {
        read_joined(line);
        return true;
      }
    }
    return false;
  }

 private:
  void skip_blanks() {
    while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
  }
  void skip_line() {
    while (at_ < text_.size() && !ends_line(text_[at_])) ++at_;
  }
  void skip_line_end() {
    if (at_ < text_.size() && text_[at_] == '\r') ++at_;
    if (at_ < text_.size() && text_[at_] == '\n') ++at_;
  }
  void read_joined(std::string& line) {
    while (at_ < text_.size() && !ends_line(text_[at_])) {
      char c = text_[at_++];
      if (c != '\\') {
        line.push_back(c);
      } else if (at_ == text_.size()) {
        return;  // a lone backslash at the end of the file says nothing
      } else if (ends_line(text_[at_])) {
        skip_line_end();
        skip_blanks();
      } else {
        line.push_back(c);
        line.push_back(text_[at_++]);
      }
    }
    skip_line_end();
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

base::Result<std::uint32_t> read_hex(std::string_view text, std::size_t at) {
  if (at + 4 > text.size()) return base::Error("Malformed \\uxxxx escape in properties");
  std::uint32_t value = 0;
  for (char c : text.substr(at, 4)) {
    std::uint32_t digit = c >= '0' && c <= '9'   ? c - '0'
                          : c >= 'a' && c <= 'f' ? c - 'a' + 10
                          : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                                 : 16;
    if (digit == 16) return base::Error("Malformed \\uxxxx escape in properties");
    value = value * 16 + digit;
  }
  return value;
}

// Reads \uXXXX whose digits start at `at`, joined with the low half that follows a high surrogate.
base::Result<std::uint32_t> read_unicode(std::string_view text, std::size_t& at) {
  auto unit = read_hex(text, at);
  if (!unit) return unit;
  at += 4;
  bool high = *unit >= 0xd800 && *unit < 0xdc00;
  if (high && text.substr(at, 2) == "\\u") {
    auto low = read_hex(text, at + 2);
    if (!low) return low;
    if (*low >= 0xdc00 && *low < 0xe000) {
      at += 6;
      return 0x10000 + ((*unit - 0xd800) << 10) + (*low - 0xdc00);
    }
  }
  return *unit >= 0xd800 && *unit < 0xe000 ? '?' : *unit;
}

base::Result<std::string> unescape(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    char c = text[at++];
    if (c != '\\' || at == text.size()) {
      out.push_back(c);
      continue;
    }
    c = text[at++];
    if (c == 'u') {
      auto point = read_unicode(text, at);
      if (!point) return point.error();
      append_utf8(out, *point);
    } else {
      out.push_back(c == 't' ? '\t' : c == 'n' ? '\n' : c == 'r' ? '\r' : c == 'f' ? '\f' : c);
    }
  }
  return out;
}

// Where the key of a logical line ends: at the first separator that is not escaped.
std::size_t key_length(std::string_view line) {
  std::size_t at = 0;
  while (at < line.size()) {
    if (line[at] == '\\') {
      at += 2;
    } else if (line[at] == '=' || line[at] == ':' || is_blank(line[at])) {
      break;
    } else {
      ++at;
    }
  }
  return std::min(at, line.size());
}

std::string_view value_after(std::string_view line, std::size_t at) {
  auto blanks = [&] {
    while (at < line.size() && is_blank(line[at])) ++at;
  };
  blanks();
  if (at < line.size() && (line[at] == '=' || line[at] == ':')) ++at;
  blanks();
  return line.substr(at);
}

std::string latin1_to_utf8(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (char c : text) append_utf8(out, static_cast<unsigned char>(c));
  return out;
}

// Characters above 127 are written as \u escapes, so that every reader agrees on them.
void append_escaped_unicode(std::string& out, std::string_view character) {
  auto lead = static_cast<unsigned char>(character[0]);
  std::uint32_t point = character.size() == 1 ? lead : lead & (0xffu >> (character.size() + 1));
  for (char c : character.substr(1)) point = point << 6 | (static_cast<unsigned char>(c) & 0x3f);
  auto unit = [&](std::uint32_t value) {
    char text[8];
    std::snprintf(text, sizeof(text), "\\u%04X", value & 0xffff);
    out += text;
  };
  if (point < 0x10000) return unit(point);
  unit(0xd800 + ((point - 0x10000) >> 10));
  unit(0xdc00 + ((point - 0x10000) & 0x3ff));
}

std::string escape(std::string_view text, bool is_key) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t length = utf8_length(text, at);
    char c = text[at];
    if (length > 1 || static_cast<unsigned char>(c) > 126 || static_cast<unsigned char>(c) < 9) {
      append_escaped_unicode(out, text.substr(at, length));
    } else if (c == '\t' || c == '\n' || c == '\r' || c == '\f') {
      out += c == '\t' ? "\\t" : c == '\n' ? "\\n" : c == '\r' ? "\\r" : "\\f";
    } else {
      bool special = c == '\\' || c == '=' || c == ':' || c == '#' || c == '!';
      if (special || (c == ' ' && (is_key || at == 0))) out.push_back('\\');
      out.push_back(c);
    }
    at += length;
  }
  return out;
}

}  // namespace

base::Result<Properties> parse_properties(std::string_view text) {
  if (text.size() > kMaxPropertiesBytes) {
    return base::Error("Properties of " + std::to_string(text.size()) + " bytes are too large");
  }
  std::string converted;
  if (!protocol::is_utf8(base::as_bytes(text))) {
    converted = latin1_to_utf8(text);
    text = converted;
  }
  Properties properties;
  LogicalLines lines(text);
  for (std::string line; lines.next(line);) {
    std::size_t length = key_length(line);
    auto key = unescape(std::string_view(line).substr(0, length));
    if (!key) return key.error();
    auto value = unescape(value_after(line, length));
    if (!value) return base::Error(value.error().message + ", key " + *key);
    properties[*key] = *value;
  }
  return properties;
}

base::Result<Properties> read_properties(const std::string& path) {
  auto text = base::read_whole_file(path, kMaxPropertiesBytes);
  if (!text)
    return base::Error("Cannot read properties file " + path + ": " + text.error().message);
  auto properties = parse_properties(*text);
  if (!properties) return base::Error(path + ": " + properties.error().message);
  return properties;
}

std::string format_properties(const Properties& properties, std::string_view comment) {
  std::string out;
  if (!comment.empty()) out.append("#").append(comment).append("\n");
  for (const auto& [key, value] : properties) {
    out.append(escape(key, true)).append("=").append(escape(value, false)).append("\n");
  }
  return out;
}

}  // namespace odradek::config
