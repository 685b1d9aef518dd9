CREATE INDEX device_part_of ON device (part_of) WHERE part_of IS NOT NULL;
