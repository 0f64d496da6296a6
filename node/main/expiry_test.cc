#include "node/main/expiry.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/base/clock.h"

namespace tamga::node {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr absl::Duration kDay = absl::Hours(24);

absl::Time Start() { return absl::FromCivil(absl::CivilDay(2026, 11, 23), absl::UTCTimeZone()); }

DatedCertificate Lasting(const std::string& what, absl::Duration life) {
  return {what, "spiffe://kaz.tamga/border-service/node/n1", "sha-256 of " + what, {Start(), Start() + life}};
}

TEST(ExpiryTest, ATlsCertificateWarnsForItsLastQuarterAndAlarmsForItsLastTenth) {
  const DatedCertificate tls = Lasting("tls", 40 * kDay);
  EXPECT_EQ(LevelOf(tls, Start()), ExpiryLevel::kNone);
  EXPECT_EQ(LevelOf(tls, Start() + 0.66 * 1.1 * 40 * kDay), ExpiryLevel::kNone) << "by then a node has renewed it";
  EXPECT_EQ(LevelOf(tls, Start() + 30 * kDay), ExpiryLevel::kNone);
  EXPECT_EQ(LevelOf(tls, Start() + 30 * kDay + absl::Seconds(1)), ExpiryLevel::kWarning);
  EXPECT_EQ(LevelOf(tls, Start() + 36 * kDay), ExpiryLevel::kWarning);
  EXPECT_EQ(LevelOf(tls, Start() + 36 * kDay + absl::Seconds(1)), ExpiryLevel::kAlarm);
  EXPECT_EQ(LevelOf(tls, Start() + 41 * kDay), ExpiryLevel::kAlarm);
}

TEST(ExpiryTest, WhatLastsForYearsWarnsThirtyDaysBeforeItsEndAndAlarmsSeven) {
  for (const char* what : {"seal", "issuing", "root"}) {
    const DatedCertificate certificate = Lasting(what, 730 * kDay);
    EXPECT_EQ(LevelOf(certificate, Start() + 700 * kDay), ExpiryLevel::kNone) << what;
    EXPECT_EQ(LevelOf(certificate, Start() + 700 * kDay + absl::Seconds(1)), ExpiryLevel::kWarning) << what;
    EXPECT_EQ(LevelOf(certificate, Start() + 723 * kDay), ExpiryLevel::kWarning) << what;
    EXPECT_EQ(LevelOf(certificate, Start() + 723 * kDay + absl::Seconds(1)), ExpiryLevel::kAlarm) << what;
  }
}

TEST(ExpiryTest, ASealThatLastsForDaysDoesNotWarnFromItsFirstDay) {
  const DatedCertificate seal = Lasting("seal", 9 * kDay);
  EXPECT_EQ(LevelOf(seal, Start() + 6 * kDay), ExpiryLevel::kNone);
  EXPECT_EQ(LevelOf(seal, Start() + 7 * kDay), ExpiryLevel::kWarning);
}

TEST(ExpiryReminderTest, ItSaysALevelOnceAnHourAndANewOneAtOnce) {
  ManualClock clock(Start() + 23 * kDay);
  ExpiryReminder reminder;
  const std::vector<DatedCertificate> tls = {Lasting("tls", 30 * kDay)};
  ASSERT_THAT(reminder.Due(tls, clock.Now()), SizeIs(1));
  clock.Advance(absl::Minutes(59));
  EXPECT_THAT(reminder.Due(tls, clock.Now()), IsEmpty());
  clock.Advance(absl::Minutes(1));
  EXPECT_THAT(reminder.Due(tls, clock.Now()), SizeIs(1));
  clock.Set(Start() + 27 * kDay);
  EXPECT_THAT(reminder.Due(tls, clock.Now()), SizeIs(1));
  clock.Advance(absl::Seconds(1));
  const auto alarm = reminder.Due(tls, clock.Now());
  ASSERT_THAT(alarm, SizeIs(1));
  EXPECT_EQ(alarm.front().level, ExpiryLevel::kAlarm);
  clock.Set(Start() + 28 * kDay);
  EXPECT_THAT(reminder.Due(tls, clock.Now()), SizeIs(1));
}

TEST(ExpiryReminderTest, AClockThatIsSetBackDoesNotSilenceIt) {
  ExpiryReminder reminder;
  const std::vector<DatedCertificate> tls = {Lasting("tls", 30 * kDay)};
  EXPECT_THAT(reminder.Due(tls, Start() + 29 * kDay), SizeIs(1));
  EXPECT_THAT(reminder.Due(tls, Start() + 28 * kDay), SizeIs(1));
}

TEST(ExpiryReminderTest, AnAlarmIsALineOfItsOwnSeverity) {
  const DatedCertificate seal = Lasting("seal", 365 * kDay);
  const auto line = [&](ExpiryLevel level, absl::Time now) {
    testing::internal::CaptureStderr();
    LogReminder({seal, level}, now);
    return testing::internal::GetCapturedStderr();
  };
  const absl::Time end = Start() + 365 * kDay;
  EXPECT_THAT(line(ExpiryLevel::kWarning, end - 20 * kDay),
              AllOf(HasSubstr("\"severity\":\"warning\""), HasSubstr("\"certificate ends soon\""),
                    HasSubstr("\"what\":\"seal\""), HasSubstr("\"seconds_left\":1728000")));
  EXPECT_THAT(line(ExpiryLevel::kAlarm, end - kDay),
              AllOf(HasSubstr("\"severity\":\"error\""), HasSubstr("\"certificate ends soon\"")));
  EXPECT_THAT(line(ExpiryLevel::kAlarm, end + kDay),
              AllOf(HasSubstr("\"severity\":\"error\""), HasSubstr("\"certificate has ended\"")));
}

TEST(ExpiryReminderTest, ALineSaysWhetherAnActEndsARoot) {
  DatedCertificate root = Lasting("root", 365 * kDay);
  const auto line = [&] {
    testing::internal::CaptureStderr();
    LogReminder({root, ExpiryLevel::kAlarm}, Start() + 364 * kDay);
    return testing::internal::GetCapturedStderr();
  };
  EXPECT_THAT(line(), HasSubstr("\"because\":\"not_after\""));
  root.by_act = true;
  EXPECT_THAT(line(), HasSubstr("\"because\":\"trusted_until\""));
}

TEST(ExpiryReminderTest, OneCertificateDoesNotSilenceAnother) {
  ExpiryReminder reminder;
  const absl::Time now = Start() + 29 * kDay;
  EXPECT_THAT(reminder.Due({Lasting("tls", 30 * kDay)}, now), SizeIs(1));
  EXPECT_THAT(reminder.Due({Lasting("tls", 30 * kDay), Lasting("seal", 30 * kDay)}, now), SizeIs(1));
}

}  // namespace
}  // namespace tamga::node
