// The text of source files for the rules of this folder: reading the tree, and blanking comments
// and strings.
#pragma once

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace odradek::tidy {

struct SourceFile {
  std::string path;  // from the root of the project
  std::string text;
};

struct Violation {
  std::string path;
  std::size_t line = 0;
  std::string what;

  friend std::ostream& operator<<(std::ostream& out, const Violation& violation) {
    return out << "\n  " << violation.path << ":" << violation.line << ": " << violation.what;
  }
};
using Violations = std::vector<Violation>;

inline std::string read_text(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// Every .h and .cc of the project, sorted by path.
inline std::vector<SourceFile> source_tree(const std::string& root) {
  std::vector<SourceFile> files;
  for (const char* top : {"base", "protocol", "zk", "server", "tools", "tests"}) {
    if (!std::filesystem::exists(root + "/" + top)) continue;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root + "/" + top)) {
      std::string extension = entry.path().extension().string();
      if (!entry.is_regular_file() || (extension != ".h" && extension != ".cc")) continue;
      files.push_back(
          {std::filesystem::relative(entry.path(), root).string(), read_text(entry.path())});
    }
  }
  std::sort(files.begin(), files.end(),
            [](const auto& left, const auto& right) { return left.path < right.path; });
  return files;
}

inline bool is_header(std::string_view path) { return path.ends_with(".h"); }
inline bool is_test(std::string_view path) { return path.starts_with("tests/"); }

inline std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    std::size_t end = text.find('\n');
    lines.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return lines;
}

// Replaces comments, strings or both by blanks of the same length; line breaks stay. Quotes of
// strings stay too.
class Blanker {
 public:
  Blanker(std::string_view text, bool comments, bool strings)
      : text_(text), result_(text), comments_(comments), strings_(strings) {}

  std::string run() {
    while (at_ < text_.size()) step();
    return std::move(result_);
  }

 private:
  void step() {
    std::string_view rest = text_.substr(at_);
    if (rest.starts_with("//")) {
      blank(at_, end_of("\n", 0), comments_);
    } else if (rest.starts_with("/*")) {
      blank(at_, end_of("*/", 2), comments_);
    } else if (rest.starts_with("R\"")) {
      raw_string();
    } else if (rest[0] == '"' || (rest[0] == '\'' && !is_digit_separator())) {
      quoted(rest[0]);
    } else {
      ++at_;
    }
  }
  bool is_digit_separator() const {
    return at_ > 0 && std::isxdigit(static_cast<unsigned char>(text_[at_ - 1])) != 0 &&
           at_ + 1 < text_.size() && std::isxdigit(static_cast<unsigned char>(text_[at_ + 1])) != 0;
  }
  std::size_t end_of(std::string_view what, std::size_t length) const {
    std::size_t found = text_.find(what, at_ + 2);
    return found == std::string_view::npos ? text_.size() : found + length;
  }
  void raw_string() {
    std::size_t open = text_.find('(', at_);
    if (open == std::string_view::npos) {
      at_ = text_.size();
      return;
    }
    std::string close = ")" + std::string(text_.substr(at_ + 2, open - at_ - 2)) + "\"";
    std::size_t end = std::min(text_.find(close, open), text_.size());
    blank(open + 1, end, strings_);
    at_ = std::min(end + close.size(), text_.size());
  }
  void quoted(char quote) {
    std::size_t end = at_ + 1;
    while (end < text_.size() && text_[end] != quote && text_[end] != '\n') {
      end += text_[end] == '\\' ? 2 : 1;
    }
    end = std::min(end, text_.size());
    blank(at_ + 1, end, strings_);
    at_ = std::min(end + 1, text_.size());
  }
  void blank(std::size_t begin, std::size_t end, bool really) {
    for (std::size_t i = begin; really && i < end; ++i) {
      if (result_[i] != '\n') result_[i] = ' ';
    }
    at_ = end;
  }

  std::string_view text_;
  std::string result_;
  bool comments_;
  bool strings_;
  std::size_t at_ = 0;
};

inline std::string without_comments(std::string_view text) {
  return Blanker(text, true, false).run();
}
inline std::string without_strings(std::string_view text) {
  return Blanker(text, false, true).run();
}
inline std::string code_only(std::string_view text) { return Blanker(text, true, true).run(); }

struct Include {
  std::size_t line = 0;
  std::string target;
};

// Those in quotes.
inline std::vector<Include> quoted_includes(std::string_view text) {
  std::vector<Include> includes;
  auto lines = lines_of(without_comments(text));
  constexpr std::string_view kStart = "#include \"";
  for (std::size_t i = 0; i < lines.size(); ++i) {
    std::string_view line = lines[i];
    if (!line.starts_with(kStart)) continue;
    line.remove_prefix(kStart.size());
    includes.push_back({i + 1, std::string(line.substr(0, line.find('"')))});
  }
  return includes;
}

// What a rule of one file says about every file of the tree.
template <class Rule>
Violations check_tree(const std::string& root, Rule rule) {
  Violations all;
  for (const SourceFile& file : source_tree(root)) {
    Violations found = rule(file.path, file.text);
    all.insert(all.end(), found.begin(), found.end());
  }
  return all;
}

}  // namespace odradek::tidy
