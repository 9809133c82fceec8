#include "server/controller/leadership.h"

namespace odradek::controller {

std::string to_string(const Replicas& replicas) {
  std::string text = "[";
  for (BrokerId id : replicas) {
    if (text.size() > 1) text += ',';
    text += std::to_string(id);
  }
  return text + "]";
}

Replicas without(const Replicas& from, const Replicas& removed) {
  Replicas rest;
  for (BrokerId id : from) {
    if (!contains(removed, id)) rest.push_back(id);
  }
  return rest;
}

bool is_subset(const Replicas& part, const Replicas& whole) {
  return std::all_of(part.begin(), part.end(), [&](BrokerId id) { return contains(whole, id); });
}

}  // namespace odradek::controller
