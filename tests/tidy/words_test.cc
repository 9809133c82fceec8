#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "base/regex.h"
#include "tests/tidy/source_text.h"

namespace odradek::tidy {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

struct BannedWord {
  // One of these is in every match; looked for first, because regular expressions are slow.
  std::vector<std::string> marks;
  base::Regex pattern;
  std::string why;
  // Files whose path starts so may use it.
  std::vector<std::string> except = {};
};

// Looked for in code, without comments and strings.
const std::vector<BannedWord>& banned_in_code() {
  static const std::vector<BannedWord> words{
      {{"using"}, base::Regex(R"(\busing namespace\b)"), "Name what is used."},
      {{"sleep"},
       base::Regex(R"(\b(sleep_for|sleep_until|usleep|nanosleep|clock_nanosleep)\b|\bsleep\()"),
       "Wait for what is awaited, not for time."},
      {{"std::thread", "std::jthread"},
       base::Regex(R"(\bstd::(thread\b(?!::id)|jthread\b))"),
       "Use base/thread.h.",
       {"base/thread."}},
      {{"mutex", "condition_variable", "_lock", "lock_guard"},
       base::Regex(R"(\bstd::((recursive_|timed_|shared_)?mutex|condition_variable\w*|lock_guard|)"
                   R"(unique_lock|scoped_lock|shared_lock)\b)"),
       "Use base/mutex.h, which is checked.",
       {"base/mutex.h"}},
      {{"std::async"},
       base::Regex(R"(\bstd::async\b)"),
       "Threads are visible: use base/thread.h or a scheduler."},
      {{"rand(", "random_device"},
       base::Regex(R"(\bs?rand\(|\bstd::random_device\b)"),
       "Pass a base::Random."},
      {{"define"}, base::Regex(R"(^\s*#\s*define\b)"), "No macros of ours.", {"base/mutex.h"}},
      {{"Impl", "Helper", "Util", "Base"},
       base::Regex(R"(\b(class|struct)\s+\w*(Impl|Helper|Helpers|Util|Utils|Base)\b)"),
       "Name it by what it is."},
      {{"system_clock", "gettimeofday", "time("},
       base::Regex(R"(\bsystem_clock::now|\bgettimeofday\(|\btime\((nullptr|NULL|0)\))"),
       "Time comes from base::Clock.",
       {"base/clock.cc", "tests/"}},
  };
  return words;
}

// Looked for in comments too.
const std::vector<BannedWord>& banned_in_comments() {
  static const std::vector<BannedWord> words{
      {{"TODO", "FIXME", "XXX", "HACK"},
       base::Regex(R"(\b(TODO|FIXME|XXX|HACK)\b)"),
       "Do it, or write down why not."},
  };
  return words;
}

bool contains_any(const std::string& text, const std::vector<std::string>& marks) {
  return std::any_of(marks.begin(), marks.end(),
                     [&](const std::string& mark) { return text.find(mark) != std::string::npos; });
}

Violations find_words(const std::vector<BannedWord>& words, const std::string& path,
                      const std::string& text) {
  std::vector<const BannedWord*> possible;
  for (const BannedWord& word : words) {
    if (contains_any(text, word.marks)) possible.push_back(&word);
  }
  if (possible.empty()) return {};
  Violations violations;
  auto lines = lines_of(text);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    for (const BannedWord* possible_word : possible) {
      const BannedWord& word = *possible_word;
      if (!contains_any(lines[i], word.marks)) continue;
      auto matches = word.pattern.find_all(lines[i]).value();
      if (matches.empty()) continue;
      bool excepted =
          std::any_of(word.except.begin(), word.except.end(),
                      [&](const std::string& start) { return path.starts_with(start); });
      if (!excepted)
        violations.push_back({path, i + 1, std::string(matches[0][0]) + ": " + word.why});
    }
  }
  return violations;
}

Violations check_words(const std::string& path, const std::string& text) {
  Violations violations = find_words(banned_in_code(), path, code_only(text));
  Violations more = find_words(banned_in_comments(), path, without_strings(text));
  violations.insert(violations.end(), more.begin(), more.end());
  return violations;
}

// Strings too: the project must build and run anywhere.
Violations check_places(const std::string& path, const std::string& text) {
  static const std::vector<BannedWord> kPlaces{
      {{"/work/", "/home/", "/root/"},
       base::Regex(R"((^|[^\w.-])/(work|home|root)/)"),
       "A path of one machine.",
       {"tests/tidy/"}},
  };
  return find_words(kPlaces, path, text);
}

TEST(WordsRule, FailsOnEachBannedWord) {
  for (const std::string text : {"using namespace std;",
                                 "std::this_thread::sleep_for(x);",
                                 "usleep(5);",
                                 "::sleep(1);",
                                 "std::thread t;",
                                 "std::jthread t;",
                                 "std::mutex m;",
                                 "std::lock_guard lock(m);",
                                 "std::condition_variable_any c;",
                                 "auto f = std::async(g);",
                                 "int x = rand();",
                                 "srand(1);",
                                 "#define X 1",
                                 "  # define X",
                                 "class LogImpl {",
                                 "struct RequestUtils {",
                                 "// TODO: more",
                                 "/* FIXME */",
                                 "x();  // XXX",
                                 "std::random_device d;",
                                 "std::chrono::system_clock::now();"}) {
    EXPECT_THAT(check_words("server/log/a.cc", text), SizeIs(1)) << text;
  }
  EXPECT_THAT(check_words("tests/server/log/a_test.cc", "usleep(5);"), SizeIs(1));
}

TEST(WordsRule, AllowsTheSameWordsElsewhere) {
  for (const std::string text :
       {"// a thread that must not sleep(", "LOG(INFO) << \"std::mutex TODO\";",
        "std::thread::id id;", "operand(1);", "mkdtemp(\"x-XXXXXX\");", "class Baseline {",
        "asleep();", "std::mutexes x;"}) {
    EXPECT_THAT(check_words("server/log/a.cc", text), IsEmpty()) << text;
  }
  EXPECT_THAT(check_words("base/mutex.h", "#define A\nstd::mutex m;\n"), IsEmpty());
  EXPECT_THAT(check_words("base/thread.cc", "std::thread t;\n"), IsEmpty());
}

TEST(PlacesRule, FailsOnAPathOfOneMachine) {
  EXPECT_THAT(check_places("server/a.cc", "open(\"/work/x\");"), SizeIs(1));
  EXPECT_THAT(check_places("server/a.cc", "// see /home/me/x"), SizeIs(1));
  EXPECT_THAT(check_places("server/a.cc", "\"a/work/x\"; \"/tmp/x\""), IsEmpty());
}

TEST(SourceTree, AvoidsBannedWords) {
  EXPECT_THAT(check_tree(ODRADEK_SOURCE_DIR, check_words), IsEmpty());
}

TEST(SourceTree, NamesNoPlaceOfOneMachine) {
  EXPECT_THAT(check_tree(ODRADEK_SOURCE_DIR, check_places), IsEmpty());
}

}  // namespace
}  // namespace odradek::tidy
