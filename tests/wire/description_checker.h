// DescriptionChecker: a visitor that reads a describe() and lists what cannot be right in it.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <type_traits>
#include <vector>

#include "protocol/wire/api.h"
#include "protocol/wire/value_kinds.h"

namespace odradek::protocol::testing {

class DescriptionChecker {
 public:
  explicit DescriptionChecker(const Api& api) : api_(api) {}

  const std::vector<std::string>& faults() const { return faults_; }

  // Decoders go down into a message as deep as it is described, and no deeper.
  static constexpr int kMaxDepth = 6;

  template <class T>
  void structure() {
    expect(++depth_ <= kMaxDepth, "a structure", "is too deep");
    std::set<std::string> outer_names;
    outer_names.swap(names_);
    int outer_tag = last_tag_;
    last_tag_ = -1;
    T example{};
    T::describe(*this, example);
    names_.swap(outer_names);
    last_tag_ = outer_tag;
    --depth_;
  }

  template <class T>
  void operator()(const char* name, T& example, Field options = {}) {
    expect(names_.insert(name).second, name, "is described twice");
    expect(options.since <= api_.max, name, "begins after the last version");
    expect(options.since <= options.until, name, "ends before it begins");
    expect(options.until == kNever || options.until < api_.max, name, "needs no end");
    // Only what can hold null may be null, and whatever can hold it must be allowed to.
    bool holds_null = kIsOptional<T> || std::is_same_v<T, Records>;
    expect(holds_null || options.nullable == kNever, name, "has no place for null");
    expect(!kIsOptional<T> || options.nullable <= api_.max, name, "is never null");
    if (options.tag != kNoTag) {
      expect(options.tag > last_tag_, name, "has a tag out of order");
      expect(api_.flexible >= 0 && api_.max >= api_.flexible, name, "has a tag without a place");
      expect(is_absent(example, options), name, "is left out at another value than its default");
      last_tag_ = options.tag;
    }
    inside<T>();
  }

 private:
  template <class T>
  void inside() {
    if constexpr (kIsVector<T> || kIsOptional<T>) {
      inside<typename T::value_type>();
    } else if constexpr (Structure<T>) {
      structure<T>();
    }
  }

  void expect(bool right, const char* field, const char* fault) {
    if (!right) faults_.push_back(std::string(api_.name) + ": " + field + " " + fault);
  }

  Api api_;
  std::set<std::string> names_;
  int last_tag_ = -1;
  int depth_ = 0;
  std::vector<std::string> faults_;
};

}  // namespace odradek::protocol::testing
