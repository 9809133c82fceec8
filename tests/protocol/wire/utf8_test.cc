#include "protocol/wire/utf8.h"

#include <gtest/gtest.h>

#include <string>

#include "base/bytes.h"

namespace odradek::protocol {
namespace {

struct Case {
  std::string bytes;
  std::string shape;  // the text with '?' for each U+FFFD; as the JVM broker 3.9 answered
};

std::string with_question_marks(std::string text) {
  const std::string kReplacement = "\xef\xbf\xbd";
  for (std::size_t at; (at = text.find(kReplacement)) != std::string::npos;) {
    text.replace(at, kReplacement.size(), "?");
  }
  return text;
}

class Utf8Form : public ::testing::TestWithParam<Case> {};

TEST_P(Utf8Form, IsReadAsTheJvmReadsIt) {
  const auto& [text, shape] = GetParam();
  base::Bytes bytes = base::to_bytes(text);
  EXPECT_EQ(is_utf8(bytes), text == shape);
  EXPECT_EQ(with_question_marks(replace_malformed_utf8(bytes)), shape);
}

INSTANTIATE_TEST_SUITE_P(
    Forms, Utf8Form,
    ::testing::Values(Case{"", ""}, Case{"orders", "orders"},
                      Case{"\xc3\xa4", "\xc3\xa4"},                  // two bytes
                      Case{"\xe2\x82\xac", "\xe2\x82\xac"},          // three
                      Case{"\xed\x9f\xbf", "\xed\x9f\xbf"},          // the last before surrogates
                      Case{"\xf0\x9f\x8c\x80", "\xf0\x9f\x8c\x80"},  // four
                      Case{"\xf4\x8f\xbf\xbf", "\xf4\x8f\xbf\xbf"},  // the last one
                      Case{"\x80", "?"},                             // no lead
                      Case{"\xff\xfe", "??"},                        // never in UTF-8
                      Case{"\xc3", "?"},                             // cut short
                      Case{"a\xe2\x82", "a?"},                       // cut short: one run
                      Case{"\xe2\x82z", "?z"},                       // cut short in the midst
                      Case{"\xf1\x80\x80", "?"},                     // cut short
                      Case{"\xc3(", "?("},                           // no follower
                      Case{"\xe1\xe1\x80", "??"},                    // the second begins anew
                      Case{"\xc0\xaf", "??"},                        // overlong
                      Case{"\xe0\x80\xaf", "???"},                   // overlong
                      Case{"\xf0\x80\x80\xaf", "????"},              // overlong
                      Case{"\xed\xa0\x80", "?"},                     // surrogate: one character
                      Case{"\xed\xa0z", "?z"},                       // half a surrogate
                      Case{"\xf4\x90\x80\x80", "????"},              // too high
                      Case{"\xf5\x80\x80\x80", "????"}));            // too high

}  // namespace
}  // namespace odradek::protocol
