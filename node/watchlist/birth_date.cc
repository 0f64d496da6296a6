#include "node/watchlist/birth_date.h"

#include <algorithm>
#include <cstdint>

namespace tamga::watchlist {
namespace {

bool Fits(uint32_t a, uint32_t b) { return a == 0 || b == 0 || a == b; }

}  // namespace

bool MayBeSame(const v1::BirthDate& listed, const v1::PartialDate& queried) {
  const v1::PartialDate& date = listed.date();
  if (listed.until_year() == 0 && !listed.approximate()) {
    return Fits(date.year(), queried.year()) && Fits(date.month(), queried.month()) && Fits(date.day(), queried.day());
  }
  if (date.year() == 0 || queried.year() == 0) return true;
  const int64_t margin = listed.approximate() ? 1 : 0;
  const int64_t year = queried.year();
  const int64_t last = std::max(date.year(), listed.until_year());
  return year >= date.year() - margin && year <= last + margin;
}

bool MayBeSame(const google::protobuf::RepeatedPtrField<v1::BirthDate>& listed, const v1::PartialDate& queried) {
  return listed.empty() ||
         std::any_of(listed.begin(), listed.end(), [&](const v1::BirthDate& date) { return MayBeSame(date, queried); });
}

}  // namespace tamga::watchlist
