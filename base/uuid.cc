#include "base/uuid.h"

#include <algorithm>

#include "base/base64.h"
#include "base/bytes.h"
#include "base/endian.h"
#include "base/random.h"

namespace odradek::base {

std::string Uuid::to_string() const { return base64url_encode(bytes); }

std::optional<Uuid> Uuid::parse(std::string_view text) {
  if (text.size() < 22 || text.size() > 24) return std::nullopt;
  auto decoded = base64url_decode(text);
  if (!decoded || decoded->size() != 16) return std::nullopt;
  Uuid id;
  std::copy(decoded->begin(), decoded->end(), id.bytes.begin());
  return id;
}

Uuid Uuid::random(bool for_topic) {
  Uuid one;
  one.bytes[15] = 1;
  Uuid id;
  do {
    fill_with_secrets(id.bytes);
    id.bytes[6] = static_cast<std::uint8_t>((id.bytes[6] & 0x0F) | 0x40);
    id.bytes[8] = static_cast<std::uint8_t>((id.bytes[8] & 0x3F) | 0x80);
  } while (id.is_zero() || id == one || (for_topic && id.to_string().starts_with('-')));
  return id;
}

}  // namespace odradek::base

std::size_t std::hash<odradek::base::Uuid>::operator()(
    const odradek::base::Uuid& id) const noexcept {
  // Both halves are random but for six fixed bits; the multiplication spreads ids that are not.
  auto high = odradek::base::load_big_endian<std::uint64_t>(id.bytes.data());
  auto low = odradek::base::load_big_endian<std::uint64_t>(id.bytes.data() + 8);
  return (high ^ (low * 0x9E3779B97F4A7C15ULL)) * 0xD6E8FEB86659FD93ULL;
}
