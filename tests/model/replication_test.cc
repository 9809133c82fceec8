#include <gtest/gtest.h>

#include <chrono>
#include <iostream>

#include "tests/model/explorer.h"

namespace odradek::model {
namespace {

std::string text_of(const Exploration& found) {
  std::string text = found.broken;
  for (const std::string& step : found.trace) text += "\n  " + step;
  return text;
}

Exploration explored(const char* what, const Limits& limits, Rule without,
                     std::uint64_t most_states) {
  auto began = std::chrono::steady_clock::now();
  Exploration found = explore(limits, without, most_states);
  std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  std::cout << what << ": " << found.states << " states, " << found.steps << " steps, "
            << took.count() << " s" << (found.is_complete ? "" : ", not all") << std::endl;
  return found;
}

TEST(Replication, Probe) {
  Limits limits;
  if (const char* text = getenv("MODEL")) {
    int r, e, f, c, t, isr, on_fetch, without;
    sscanf(text, "%d %d %d %d %d %d %d %d", &r, &e, &f, &c, &t, &isr, &on_fetch, &without);
    limits = {Small(r), Small(e), Small(f), Small(c), t != 0, on_fetch != 0, Small(isr)};
    Exploration found = explored(text, limits, static_cast<Rule>(without), 6'000'000);
    EXPECT_EQ(found.broken, "") << text_of(found);
  }
}

}  // namespace
}  // namespace odradek::model
