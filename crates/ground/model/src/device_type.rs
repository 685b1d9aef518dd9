//! The controlled vocabulary of device types.

use std::fmt;
use std::str::FromStr;

use crate::ClinicalClass;

macro_rules! device_types {
    ($($class:ident { $($(#[$doc:meta])* $variant:ident = $name:literal),* $(,)? })*) => {
        /// What kind of thing a device is. One word per kind; the name is the same in every output.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum DeviceType { $($($(#[$doc])* $variant),*),* }

        impl DeviceType {
            /// Every type there is.
            pub const ALL: &'static [Self] = &[$($(Self::$variant),*),*];

            /// Stable snake_case name.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $($(Self::$variant => $name),*),* }
            }

            /// The clinical class that this type has unless somebody who knows says otherwise.
            #[must_use]
            pub const fn clinical_class(self) -> ClinicalClass {
                match self { $($(Self::$variant => ClinicalClass::$class),*),* }
            }
        }
    };
}

device_types! {
    LifeSustaining {
        /// Mechanical ventilator.
        Ventilator = "ventilator",
        /// Anaesthesia workstation.
        AnesthesiaMachine = "anesthesia_machine",
        /// Dialysis machine.
        DialysisMachine = "dialysis_machine",
        /// Heart-lung machine, ECMO.
        PerfusionSystem = "perfusion_system",
        /// Intra-aortic balloon pump.
        BalloonPump = "balloon_pump",
        /// Defibrillator.
        Defibrillator = "defibrillator",
        /// Incubator or infant warmer.
        Incubator = "incubator",
    }
    Therapeutic {
        /// Infusion or syringe pump.
        InfusionPump = "infusion_pump",
        /// Feeding pump.
        EnteralPump = "enteral_pump",
        /// Linear accelerator or other radiotherapy machine.
        RadiotherapySystem = "radiotherapy_system",
        /// Surgical robot.
        SurgicalRobot = "surgical_robot",
        /// Electrosurgical unit, laser or similar.
        SurgicalDevice = "surgical_device",
        /// Medicine dispensing cabinet.
        MedicationCabinet = "medication_cabinet",
        /// Hospital bed.
        HospitalBed = "hospital_bed",
    }
    MonitoringAlarm {
        /// Bedside or transport monitor.
        PatientMonitor = "patient_monitor",
        /// Central monitoring station.
        CentralStation = "central_station",
        /// Telemetry receiver or transmitter.
        TelemetrySystem = "telemetry_system",
        /// Fetal monitor.
        FetalMonitor = "fetal_monitor",
        /// Alarm distribution or nurse call system.
        NurseCall = "nurse_call",
        /// Gateway that carries monitor or pump data.
        MedicalGateway = "medical_gateway",
    }
    Diagnostic {
        /// Computed tomography.
        CtScanner = "ct_scanner",
        /// Magnetic resonance.
        MrScanner = "mr_scanner",
        /// Ultrasound.
        Ultrasound = "ultrasound",
        /// Radiography (CR, DX, DR).
        XRay = "x_ray",
        /// Mammography.
        Mammography = "mammography",
        /// Angiography, fluoroscopy (XA, RF).
        Angiography = "angiography",
        /// Nuclear medicine, PET, SPECT.
        NuclearMedicine = "nuclear_medicine",
        /// Endoscopy or other visible light imaging.
        Endoscopy = "endoscopy",
        /// Ophthalmic equipment.
        OphthalmicDevice = "ophthalmic_device",
        /// Dental imaging.
        DentalImaging = "dental_imaging",
        /// Bone densitometer.
        BoneDensitometer = "bone_densitometer",
        /// Electrocardiograph.
        EcgDevice = "ecg_device",
        /// EEG, EMG and the like.
        NeurophysiologyDevice = "neurophysiology_device",
        /// Spirometer or other pulmonary function device.
        PulmonaryFunctionDevice = "pulmonary_function_device",
        /// Imaging modality whose kind is not stated.
        ImagingModality = "imaging_modality",
        /// Image reading or acquisition workstation.
        ModalityWorkstation = "modality_workstation",
        /// Laboratory analyser.
        LabAnalyzer = "lab_analyzer",
        /// Point-of-care analyser.
        PoctAnalyzer = "poct_analyzer",
        /// Digital pathology scanner.
        SlideScanner = "slide_scanner",
        /// Body scale.
        Scale = "scale",
        /// Vital signs spot-check device.
        VitalSignsDevice = "vital_signs_device",
    }
    Support {
        /// Picture archive.
        Pacs = "pacs",
        /// DICOM software without a stated role.
        DicomNode = "dicom_node",
        /// DICOM or paper film printer.
        DicomPrinter = "dicom_printer",
        /// Modality worklist provider or radiology information system.
        RadiologyInformationSystem = "radiology_information_system",
        /// HL7 endpoint of an information system or interface engine.
        EhrInterface = "ehr_interface",
        /// Laboratory information system.
        LaboratoryInformationSystem = "laboratory_information_system",
        /// Host side of POCT1-A.
        PoctDataManager = "poct_data_manager",
        /// Infusion pump server.
        InfusionServer = "infusion_server",
        /// Pneumatic tube system.
        PneumaticTube = "pneumatic_tube",
        /// Pharmacy automation.
        PharmacyAutomation = "pharmacy_automation",
        /// Sterilizer or washer.
        Sterilizer = "sterilizer",
        /// Medical refrigerator or freezer with monitoring.
        MedicalRefrigerator = "medical_refrigerator",
        /// Real-time location system.
        LocationSystem = "location_system",
        /// Medical device whose kind is not stated.
        MedicalDevice = "medical_device",
    }
    NonClinical {
        /// Wireless access point.
        AccessPoint = "access_point",
        /// Audio or video receiver.
        AvReceiver = "av_receiver",
        /// BACnet controller.
        BacnetController = "bacnet_controller",
        /// Building controller that speaks another protocol.
        BuildingController = "building_controller",
        /// Coffee machine.
        CoffeeMachine = "coffee_machine",
        /// Door access controller or reader.
        DoorController = "door_controller",
        /// Video doorbell.
        Doorbell = "doorbell",
        /// Clothes dryer.
        Dryer = "dryer",
        /// Elevator controller.
        ElevatorController = "elevator_controller",
        /// Firewall.
        Firewall = "firewall",
        /// Game console.
        GameConsole = "game_console",
        /// Garage door opener.
        GarageDoorOpener = "garage_door_opener",
        /// Operator panel.
        Hmi = "hmi",
        /// Home automation hub, bridge or gateway.
        Hub = "hub",
        /// Network camera.
        IpCamera = "ip_camera",
        /// Kettle.
        Kettle = "kettle",
        /// Portable computer.
        Laptop = "laptop",
        /// Microwave oven.
        Microwave = "microwave",
        /// Rugged handheld computer.
        MobileComputer = "mobile_computer",
        /// Network storage.
        Nas = "nas",
        /// Network video recorder.
        Nvr = "nvr",
        /// Mobile phone.
        Phone = "phone",
        /// Programmable controller.
        Plc = "plc",
        /// Phasor measurement unit.
        Pmu = "pmu",
        /// Power distribution unit.
        Pdu = "pdu",
        /// Office printer.
        Printer = "printer",
        /// Substation protection or bay device.
        ProtectionRelay = "protection_relay",
        /// Domestic refrigerator.
        Refrigerator = "refrigerator",
        /// Infrared remote bridge.
        RemoteControl = "remote_control",
        /// Remote input and output module.
        RemoteIo = "remote_io",
        /// Remote management controller (BMC).
        RemoteManagement = "remote_management",
        /// Router or home gateway.
        Router = "router",
        /// Motion, water or similar sensor.
        Sensor = "sensor",
        /// Serial device server.
        SerialDeviceServer = "serial_device_server",
        /// Server.
        Server = "server",
        /// Session border controller.
        SessionBorderController = "session_border_controller",
        /// Alarm siren.
        Siren = "siren",
        /// Networked lamp.
        SmartBulb = "smart_bulb",
        /// Switchable socket.
        SmartPlug = "smart_plug",
        /// Networked loudspeaker.
        SmartSpeaker = "smart_speaker",
        /// Watch or other wearable.
        Wearable = "wearable",
        /// Call control server.
        Softswitch = "softswitch",
        /// Box or stick that plays to a TV.
        StreamingPlayer = "streaming_player",
        /// Network switch.
        Switch = "switch",
        /// Tablet.
        Tablet = "tablet",
        /// Test instrument.
        TestInstrument = "test_instrument",
        /// Thermostat.
        Thermostat = "thermostat",
        /// Television.
        Tv = "tv",
        /// Uninterruptible power supply.
        Ups = "ups",
        /// Virtual machine whose purpose is not stated.
        VirtualMachine = "virtual_machine",
        /// Voice gateway.
        VoipGateway = "voip_gateway",
        /// Desk phone.
        VoipPhone = "voip_phone",
        /// Washing machine.
        Washer = "washer",
        /// Weather station.
        WeatherStation = "weather_station",
        /// Wireless LAN controller.
        WirelessController = "wireless_controller",
        /// WirelessHART gateway.
        WirelessHartGateway = "wireless_hart_gateway",
        /// Desktop computer, or a computer whose form is not stated.
        Workstation = "workstation",
    }
}

impl DeviceType {
    /// Whether every device of this type is also one of type `general`: a CT scanner is an imaging modality, which is
    /// a medical device. Every type is itself.
    #[must_use]
    pub fn is_a(self, general: Self) -> bool {
        self == general || self.parents().iter().any(|parent| parent.is_a(general))
    }

    /// The next more general types.
    fn parents(self) -> &'static [Self] {
        let listed = PARENTS.iter().find(|(kinds, _)| kinds.contains(&self)).map(|(_, parents)| *parents);
        listed.unwrap_or_else(|| if self.is_at_the_patient() { &[Self::MedicalDevice] } else { &[] })
    }

    fn is_at_the_patient(self) -> bool {
        match self.clinical_class() {
            ClinicalClass::LifeSustaining
            | ClinicalClass::Therapeutic
            | ClinicalClass::MonitoringAlarm
            | ClinicalClass::Diagnostic => true,
            ClinicalClass::Support | ClinicalClass::NonClinical | ClinicalClass::Unknown => false,
        }
    }
}

/// Types and the next more general ones; what is not listed and touches patients is a medical device.
const PARENTS: &[(&[DeviceType], &[DeviceType])] = {
    use DeviceType as T;
    &[
        (
            &[
                T::CtScanner,
                T::MrScanner,
                T::Ultrasound,
                T::XRay,
                T::Mammography,
                T::Angiography,
                T::NuclearMedicine,
                T::Endoscopy,
                T::OphthalmicDevice,
                T::DentalImaging,
                T::BoneDensitometer,
                T::SlideScanner,
            ],
            &[T::ImagingModality],
        ),
        (&[T::ImagingModality], &[T::MedicalDevice, T::DicomNode]),
        (&[T::ModalityWorkstation], &[T::MedicalDevice, T::DicomNode, T::Workstation]),
        (&[T::Pacs, T::RadiologyInformationSystem], &[T::DicomNode, T::Server]),
        (&[T::DicomPrinter], &[T::DicomNode, T::Printer]),
        (&[T::CentralStation], &[T::MedicalDevice, T::Workstation]),
        (
            &[
                T::EhrInterface,
                T::LaboratoryInformationSystem,
                T::PoctDataManager,
                T::InfusionServer,
                T::Softswitch,
                T::Nas,
            ],
            &[T::Server],
        ),
        (&[T::PoctAnalyzer], &[T::LabAnalyzer]),
        (&[T::Laptop], &[T::Workstation]),
        (&[T::BacnetController], &[T::BuildingController]),
        (&[T::Firewall, T::SessionBorderController, T::VoipGateway], &[T::Router]),
    ]
};

/// A word that is not in the vocabulary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownDeviceType(String);

impl FromStr for DeviceType {
    type Err = UnknownDeviceType;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .iter()
            .copied()
            .find(|kind| kind.name() == text)
            .ok_or_else(|| UnknownDeviceType(text.to_owned()))
    }
}

impl fmt::Display for DeviceType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Display for UnknownDeviceType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is not a device type; `bedrail protocols --device-types` lists them", self.0)
    }
}

impl std::error::Error for UnknownDeviceType {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_round_trips() {
        for kind in DeviceType::ALL {
            assert_eq!(kind.name().parse(), Ok(*kind));
        }
    }

    #[test]
    fn special_types_are_their_general_ones() {
        assert!(DeviceType::CtScanner.is_a(DeviceType::MedicalDevice));
        assert!(DeviceType::Ventilator.is_a(DeviceType::MedicalDevice));
        assert!(DeviceType::Pacs.is_a(DeviceType::Server));
        assert!(!DeviceType::Printer.is_a(DeviceType::MedicalDevice));
        assert!(!DeviceType::MedicalDevice.is_a(DeviceType::CtScanner));
    }

    #[test]
    fn refuses_a_word_outside_the_vocabulary() {
        assert!("toaster".parse::<DeviceType>().unwrap_err().to_string().contains("`toaster`"));
    }
}
