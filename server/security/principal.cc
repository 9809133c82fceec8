#include "server/security/principal.h"

#include <openssl/ssl.h>

#include <utility>

#include "base/regex.h"
#include "base/text.h"
#include "server/security/distinguished_name.h"

namespace odradek::security {

enum class LetterCase : std::uint8_t { kKept, kLower, kUpper };

namespace {

// A real subject has a few hundred bytes; rules must not work on megabytes a peer made up.
constexpr std::size_t kMaxSubjectBytes = 16 * 1024;

// The parts of "RULE:pattern/replacement/L".
struct RuleText {
  std::string pattern;
  std::string replacement;
  LetterCase letter_case = LetterCase::kKept;
};

// Up to the next '/' that has no backslash before it; the backslashes stay.
base::Result<std::string> take_field(std::string_view& text) {
  std::size_t at = 0;
  while (at < text.size() && text[at] != '/') at += text[at] == '\\' ? 2 : 1;
  if (at >= text.size())
    return base::Error("it must be RULE:pattern/replacement/ and L, U or nothing");
  std::string field(text.substr(0, at));
  text.remove_prefix(at + 1);
  return field;
}

// Takes one rule from the front of `text`, with the comma behind it.
base::Result<RuleText> take_rule(std::string_view& text) {
  text.remove_prefix(5);  // RULE:
  RuleText rule;
  auto pattern = take_field(text);
  if (!pattern) return pattern.error();
  auto replacement = take_field(text);
  if (!replacement) return replacement.error();
  rule.pattern = *pattern;
  rule.replacement = *replacement;
  if (text.starts_with('L')) rule.letter_case = LetterCase::kLower;
  if (text.starts_with('U')) rule.letter_case = LetterCase::kUpper;
  if (rule.letter_case != LetterCase::kKept) text.remove_prefix(1);
  return rule;
}

// Appends `replacement` as Java's Matcher does: $n is a group when there is that many, else the
// text itself; a backslash takes away the meaning of what follows.
void append_replacement(std::string& out, std::string_view replacement,
                        const base::Regex::Match& match) {
  auto is_digit = [&](std::size_t at) {
    return at < replacement.size() && replacement[at] >= '0' && replacement[at] <= '9';
  };
  for (std::size_t at = 0; at < replacement.size(); ++at) {
    char c = replacement[at];
    if (c == '\\' && at + 1 < replacement.size()) {
      out += replacement[++at];
      continue;
    }
    std::size_t groups = match.size() - 1;
    if (c != '$' || !is_digit(at + 1) || replacement[at + 1] - '0' > static_cast<int>(groups)) {
      out += c;
      continue;
    }
    std::size_t group = static_cast<std::size_t>(replacement[++at] - '0');
    while (is_digit(at + 1)) {
      std::size_t longer = group * 10 + static_cast<std::size_t>(replacement[at + 1] - '0');
      if (longer > groups) break;
      group = longer;
      ++at;
    }
    out += match[group];
  }
}

}  // namespace

struct PrincipalMapper::Rule {
  std::optional<base::Regex> pattern;  // none: DEFAULT, which takes every subject as it is
  std::string replacement;
  LetterCase letter_case = LetterCase::kKept;

  // nullopt when the pattern does not match the whole subject. An error when it takes too long.
  base::Result<std::optional<std::string>> apply(std::string_view subject) const {
    if (!pattern) return std::optional(std::string(subject));
    auto whole = pattern->matches(subject);
    if (!whole) return whole.error();
    if (!*whole) return std::optional<std::string>();
    // Java replaces every match, the empty one at the end included.
    auto matches = pattern->find_all(subject);
    if (!matches) return matches.error();
    std::string name;
    const char* rest = subject.data();
    for (const base::Regex::Match& match : *matches) {
      name.append(rest, match[0].data());
      append_replacement(name, replacement, match);
      rest = match[0].data() + match[0].size();
    }
    name.append(rest, subject.data() + subject.size());
    if (letter_case == LetterCase::kLower) name = base::to_lower(name);
    if (letter_case == LetterCase::kUpper) name = base::to_upper(name);
    return std::optional(std::move(name));
  }
};

PrincipalMapper::PrincipalMapper() = default;
PrincipalMapper::PrincipalMapper(PrincipalMapper&&) noexcept = default;
PrincipalMapper& PrincipalMapper::operator=(PrincipalMapper&&) noexcept = default;
PrincipalMapper::~PrincipalMapper() = default;

base::Result<PrincipalMapper> PrincipalMapper::parse(std::string_view rules) {
  PrincipalMapper mapper;
  auto wrong = [&](const std::string& why) {
    return base::Error("ssl.principal.mapping.rules " + std::string(rules) +
                       " cannot be read: " + why);
  };
  std::string_view text = base::trim(rules);
  while (!text.empty()) {
    if (text.front() == ',') {  // an empty rule
      text = base::trim(text.substr(1));
      continue;
    }
    auto rule = std::make_unique<Rule>();
    if (text.starts_with("DEFAULT")) {
      text.remove_prefix(7);
    } else if (text.starts_with("RULE:")) {
      auto read = take_rule(text);
      if (!read) return wrong(read.error().message);
      auto pattern = base::Regex::compile(read->pattern);
      if (!pattern) return wrong(pattern.error().message);
      rule->pattern = std::move(*pattern);
      rule->replacement = std::move(read->replacement);
      rule->letter_case = read->letter_case;
    } else {
      return wrong("a rule is DEFAULT or begins with RULE:");
    }
    mapper.rules_.push_back(std::move(rule));
    text = base::trim(text);
    if (!text.empty() && text.front() != ',') return wrong("a comma is missing between rules");
  }
  return mapper;
}

base::Result<std::string> PrincipalMapper::name_of(std::string_view subject) const {
  if (subject.size() > kMaxSubjectBytes) {
    return base::Error("The subject of a certificate has " + std::to_string(subject.size()) +
                       " bytes, too many to map");
  }
  for (const auto& rule : rules_) {
    auto name = rule->apply(subject);
    if (!name) {
      return base::Error("A rule of ssl.principal.mapping.rules cannot be applied to " +
                         std::string(subject) + ": " + name.error().message);
    }
    if (*name) return **name;
  }
  return base::Error("No rule of ssl.principal.mapping.rules applies to " + std::string(subject));
}

std::optional<std::string> peer_subject(ssl_st* session) {
  Certificate certificate(SSL_get1_peer_certificate(session));
  if (!certificate) return std::nullopt;
  return subject_of(*certificate);
}

base::Result<std::string> peer_principal(ssl_st* session, const PrincipalMapper& mapper) {
  auto subject = peer_subject(session);
  if (!subject) return std::string(kAnonymousPrincipal);
  auto name = mapper.name_of(*subject);
  if (!name) return name;
  return "User:" + *name;
}

}  // namespace odradek::security
