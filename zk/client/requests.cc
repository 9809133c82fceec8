#include "zk/client/requests.h"

#include <algorithm>
#include <type_traits>

namespace odradek::zk {
namespace {

// Header, ACL, versions: what a request takes beside its path and data.
constexpr std::size_t kFixedBytes = 64;

template <class T>
std::size_t size_of(const T& request) {
  std::size_t size = kFixedBytes + request.path.size();
  if constexpr (requires { request.data; }) size += request.data ? request.data->size() : 0;
  return size;
}

}  // namespace

std::optional<std::size_t> Response::failed_op() const {
  for (std::size_t i = 0; i < ops.size(); ++i) {
    if (ops[i].code != Code::kOk && ops[i].code != Code::kRuntimeInconsistency) return i;
  }
  return std::nullopt;
}

bool is_valid_path(std::string_view path) {
  if (path == "/") return true;
  if (!path.starts_with('/') || path.ends_with('/')) return false;
  for (char c : path) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return false;
  }
  for (std::size_t start = 1; start <= path.size();) {
    std::size_t end = std::min(path.find('/', start), path.size());
    std::string_view name = path.substr(start, end - start);
    if (name.empty() || name == "." || name == "..") return false;
    start = end + 1;
  }
  return true;
}

const std::string& path_of(const Op& op) {
  return std::visit([](const auto& each) -> const std::string& { return each.path; }, op);
}

const std::string& path_of(const Request& request) {
  static const std::string kNone;
  return std::visit(
      [](const auto& each) -> const std::string& {
        if constexpr (std::is_same_v<std::decay_t<decltype(each)>, Multi>) {
          return kNone;
        } else {
          return each.path;
        }
      },
      request);
}

std::size_t size_bytes(const Op& op) {
  return std::visit([](const auto& each) { return size_of(each); }, op);
}

std::size_t size_bytes(const Request& request) {
  const auto* multi = std::get_if<Multi>(&request);
  if (multi == nullptr) {
    return std::visit(
        [](const auto& each) -> std::size_t {
          if constexpr (std::is_same_v<std::decay_t<decltype(each)>, Multi>) {
            return 0;
          } else {
            return size_of(each);
          }
        },
        request);
  }
  std::size_t size = kFixedBytes;
  for (const Op& op : multi->ops) size += size_bytes(op);
  return size;
}

std::size_t multi_prefix(std::span<const Op> ops) {
  std::size_t count = 0;
  std::size_t bytes = 0;
  while (count < ops.size() && count < kMultiMaxOps) {
    bytes += size_bytes(ops[count]);
    if (count > 0 && bytes > kMultiMaxBytes) break;
    ++count;
  }
  return count;
}

}  // namespace odradek::zk
